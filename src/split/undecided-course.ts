import { type Barrier, type Direction, findBarrier, type OfCounts } from './barrier.ts'
import { type GuardStory, guardStory } from './guard-story.ts'
import { emptyLayer, type Layer, pour, put, relocate, spread, take, trim } from './lattice-layer.ts'
import type { LatticeWalk } from './lattice-walk.ts'
import type { Survival } from './survival.ts'

/** One destination against all others while every draw is independent with the walks' share. */
export type Course = {
  /** The walks that carry the computation, one after the other, each until so many draws. */
  walks: readonly { walk: LatticeWalk; untilDraws: number }[]
  /** The log ratio of the flag that rises with hits. */
  low: OfCounts
  /** The log ratio of the flag that falls with hits. */
  high: OfCounts
  toLatch: number
  /** Old share below the band and the edge above it, where the flag that falls with hits is guarded. */
  guard: { old: number; edge: number } | undefined
  /** Log evidence against the target, convex in hits, and what it must reach for a fail. */
  evidence: OfCounts
  toFail: number
  /** Stop once no more than this is undecided. */
  until: number
}

/** Tries whose guard's story stands at one level: no flag latched, or the low one. */
type Open = { none: Layer; low: Layer }

/** All tries that are undecided after `draws` draws. */
type State = { draws: number; open: Open[]; highLatched: Layer; passed: number; failed: number }

/**
 * What part of the tries is undecided after each step, by dynamic programming over (cell, flags
 * latched, level of the guard's story).
 */
export function undecidedCourse(course: Course): Survival {
  const survival: Survival = { draws: [0], undecided: [1], failed: [0] }
  let state: State | undefined
  let before: LatticeWalk | undefined
  for (const { walk, untilDraws } of course.walks) {
    state = state === undefined || before === undefined ? startOf(walk) : carry(state, before, walk)
    follow(course, walk, untilDraws, state, survival)
    before = walk
  }
  return survival
}

function startOf(walk: LatticeWalk): State {
  const none = emptyLayer(walk.cells)
  put(none, walk.startCell, 1)
  return {
    draws: 0,
    open: [{ none, low: emptyLayer(walk.cells) }],
    highLatched: emptyLayer(walk.cells),
    passed: 0,
    failed: 0,
  }
}

function carry(state: State, from: LatticeWalk, to: LatticeWalk): State {
  const { draws } = state
  const place = (cell: number) => to.placeOf(from.hitsAt(cell, draws), draws)
  const moved = (layer: Layer) => relocate(layer, to.cells, place)
  return {
    ...state,
    open: state.open.map(({ none, low }) => ({ none: moved(none), low: moved(low) })),
    highLatched: moved(state.highLatched),
  }
}

/** Follows the tries until `untilDraws` draws or until next to none is undecided. */
function follow(
  course: Course,
  walk: LatticeWalk,
  untilDraws: number,
  state: State,
  survival: Survival,
): void {
  const { toLatch, toFail } = course
  const { up, down, cells, drawsPerStep } = walk
  const { open, highLatched } = state
  const story = course.guard && guardStory(course.guard, toLatch, walk)
  const missed = emptyLayer(cells)
  const hit: Open = { none: emptyLayer(cells), low: emptyLayer(cells) }
  const band = { first: 0, last: cells - 1 }
  const nearHigh: number[] = []
  let nearLow = cells
  let nearRefuted = cells
  let nearFail = { above: cells, below: -1 }

  function eachLayer(visit: (layer: Layer) => void): void {
    for (const { none, low } of open) {
      visit(none)
      visit(low)
    }
    visit(highLatched)
  }

  function move(): void {
    eachLayer((layer) => spread(layer, up, down))
    widen()
  }

  /** Lets the band span all mass. */
  function widen(): void {
    band.first = cells
    band.last = -1
    eachLayer((layer) => {
      band.first = Math.min(band.first, layer.first)
      band.last = Math.max(band.last, layer.last)
    })
  }

  function barrier(value: OfCounts, wanted: number, direction: Direction, near: number): Barrier {
    return findBarrier(walk, state.draws, band, value, wanted, direction, near)
  }

  /** Takes what lies beyond the barrier out of a layer, into another one if given; returns how much. */
  function cross(reached: Barrier, direction: Direction, from: Layer, into?: Layer): number {
    const start = reached.cell - direction
    const end = direction === 1 ? from.last : from.first
    let crossed = 0
    for (let cell = start; (end - cell) * direction >= 0; cell += direction) {
      const taken = take(from, cell, cell === start ? 1 - reached.stay : 1)
      if (into !== undefined) put(into, cell, taken)
      crossed += taken
    }
    return crossed
  }

  function fail(): void {
    const above = barrier(course.evidence, toFail, 1, nearFail.above)
    const below = barrier(course.evidence, toFail, -1, nearFail.below)
    nearFail = { above: above.cell, below: below.cell }
    eachLayer((layer) => {
      state.failed += cross(above, 1, layer) + cross(below, -1, layer)
    })
  }

  function latchLow(): void {
    const reached = barrier(course.low, toLatch, 1, nearLow)
    nearLow = reached.cell
    for (const { none, low } of open) cross(reached, 1, none, low)
    state.passed += cross(reached, 1, highLatched)
  }

  function latchHigh(levelWidth: number): void {
    for (let level = 0; level < open.length; level++) {
      const tries = open[level]
      if (tries === undefined || (tries.none.last < 0 && tries.low.last < 0)) continue
      const reached = barrier(course.high, toLatch + level * levelWidth, -1, nearHigh[level] ?? -1)
      nearHigh[level] = reached.cell
      cross(reached, -1, tries.none, highLatched)
      state.passed += cross(reached, -1, tries.low)
    }
  }

  /**
   * One step of those that latch the high flag if it has a miss. On an exact walk a step is a miss or a
   * hit, so whoever does not latch goes one cell on.
   */
  function stepWithMisses({ againstOld, perStep }: GuardStory & { kind: 'misses' }): void {
    const [tries] = open
    if (tries === undefined) return
    // The target gains on the old weights by hits.
    nearRefuted = barrier(againstOld, toLatch, 1, nearRefuted).cell
    const last = Math.max(tries.none.last, tries.low.last)
    for (let cell = Math.max(nearRefuted, 0); cell <= last; cell++) {
      put(missed, cell, take(tries.none, cell, perStep))
      state.passed += take(tries.low, cell, perStep)
      if (walk.kind === 'coarse') continue
      put(hit.none, cell + 1, take(tries.none, cell, 1))
      put(hit.low, cell + 1, take(tries.low, cell, 1))
    }
    move()
    pour(missed, highLatched)
    pour(hit.none, tries.none)
    pour(hit.low, tries.low)
    widen()
  }

  function raiseStories({ level }: GuardStory & { kind: 'levels' }): void {
    const reachedIn = (cell: number) => level(state.draws, walk.hitsAt(cell, state.draws))
    const highest = reachedIn(band.first)
    while (open.length <= highest) open.push({ none: emptyLayer(cells), low: emptyLayer(cells) })
    for (let lower = 0; lower < highest; lower++) {
      const from = open[lower]
      if (from === undefined) continue
      // The old weights gain by misses, so the level falls with the cell.
      const end = Math.max(from.none.last, from.low.last)
      for (let cell = Math.min(from.none.first, from.low.first); cell <= end; cell++) {
        const reached = reachedIn(cell)
        const into = open[reached]
        if (reached <= lower || into === undefined) break
        put(into.none, cell, take(from.none, cell, 1))
        put(into.low, cell, take(from.low, cell, 1))
      }
    }
  }

  while (undecided(state) > course.until && state.draws + drawsPerStep <= untilDraws) {
    state.draws += drawsPerStep
    if (story?.kind === 'misses') stepWithMisses(story)
    else move()
    if (story?.kind === 'levels') raiseStories(story)
    fail()
    latchLow()
    if (story?.kind !== 'misses') latchHigh(story?.width ?? 0)
    eachLayer(trim)
    survival.draws.push(state.draws)
    survival.undecided.push(undecided(state))
    survival.failed.push(state.failed)
  }
}

function undecided({ passed, failed }: State): number {
  return Math.max(0, 1 - passed - failed)
}
