import type { Condition, CutOffs } from './cut-offs.ts'
import { deposit, emptyHitLayer, type HitLayer, spread, take, trim } from './hit-layer.ts'

export type ExactTry = {
  pass: number
  offTarget: number
  /** Part still undecided where the computation stopped. */
  undecided: number
  /** Mean number of draws of a try; the undecided count with the draws they had. */
  mean: number
  /** Fewest draws by which this part of the tries is decided; undefined where they never are. */
  quantile(part: number): number | undefined
  /** Part of the tries that this many draws leave undecided. */
  undecidedAfter(draws: number): number
}

/** Where a walk starts: no draws unless told otherwise. */
export type Start = { draws: number; hits: number; held: readonly boolean[] }

export type Stop = {
  /** Stop once no more than this is undecided (1e-9). */
  undecided?: number
  /** Stop after so many draws. */
  draws?: number
}

/** Cut-offs are found so many draws ahead. */
const AHEAD = 256

/** Undecided tries, by the set of conditions that have held (a bit each), and what became of the others. */
type State = { draws: number; layers: HitLayer[]; pass: number; offTarget: number }

/**
 * Exact distribution of the outcome of one try between two destinations, by dynamic programming over
 * (draws, hits of the first destination, set of conditions that have held). Draws are independent and
 * all can be told; nothing is interpolated. Fail goes before pass, as in judgeTry.
 *
 * @param truth the first destination's true share
 */
export function walk(cutOffs: CutOffs, truth: number, stop: Stop = {}, start?: Start): ExactTry {
  const leastUndecided = stop.undecided ?? 1e-9
  const mostDraws = stop.draws ?? Number.POSITIVE_INFINITY
  const state = startOf(cutOffs.conditions.length, start)
  let mean = state.draws
  let undecided = 1
  const left = new Array<number>(state.draws + 1).fill(1)

  while (undecided > leastUndecided && state.draws < mostDraws) {
    mean += undecided
    step(state, cutOffs, truth)
    undecided = Math.max(0, 1 - state.pass - state.offTarget)
    left.push(undecided)
  }
  const { pass, offTarget } = state
  return {
    pass,
    offTarget,
    undecided,
    mean,
    quantile(part) {
      const at = left.findIndex((open) => open <= 1 - part)
      return at < 0 ? undefined : at
    },
    undecidedAfter: (after) => left[Math.min(after, left.length - 1)] ?? 0,
  }
}

function startOf(conditions: number, start: Start | undefined): State {
  const { draws, hits, held } = start ?? { draws: 0, hits: 0, held: [] }
  const layers = Array.from({ length: 2 ** conditions - 1 }, emptyHitLayer)
  const set = held.reduce((sum, one, i) => (one ? sum | (1 << i) : sum), 0)
  const layer = layers[set]
  if (layer === undefined) return { draws, layers, pass: 1, offTarget: 0 }
  deposit(layer, hits, 1)
  return { draws, layers, pass: 0, offTarget: 0 }
}

function step(state: State, cutOffs: CutOffs, truth: number): void {
  const draws = ++state.draws
  const found = cutOffs.conditions[0]?.cut.length ?? cutOffs.failBelow.length
  if (draws >= found) cutOffs.extend(draws + AHEAD)
  const below = cutOffs.failBelow[draws] ?? -1
  const above = cutOffs.failAbove[draws] ?? draws + 1
  const { layers } = state
  for (const layer of layers) {
    spread(layer, truth)
    state.offTarget += take(layer, 0, below) + take(layer, above, draws)
  }
  // What goes over to a larger set is looked at again there, at the same draw.
  for (let set = 0; set < layers.length; set++) {
    const layer = layers[set]
    if (layer === undefined || layer.first > layer.last) continue
    if (cutOffs.passes === 'ever') latch(state, cutOffs.conditions, set, layer)
    else state.pass += takeWhereAllHold(draws, cutOffs.conditions, layer)
    trim(layer)
  }
}

/** Moves on what meets a condition that has not held yet: to the set with it, or to the passed if it is the last. */
function latch(state: State, conditions: readonly Condition[], set: number, layer: HitLayer): void {
  for (let i = 0; i < conditions.length; i++) {
    const condition = conditions[i]
    if (condition === undefined || (set & (1 << i)) !== 0) continue
    const at = condition.cut[state.draws] ?? 0
    const into = state.layers[set | (1 << i)]
    const moved = condition.rises ? take(layer, at, state.draws, into) : take(layer, 0, at, into)
    if (into === undefined) state.pass += moved
  }
}

function takeWhereAllHold(
  draws: number,
  conditions: readonly Condition[],
  layer: HitLayer,
): number {
  let from = 0
  let to = draws
  for (const { rises, cut } of conditions) {
    const at = cut[draws] ?? 0
    if (rises) from = Math.max(from, at)
    else to = Math.min(to, at)
  }
  return take(layer, from, to)
}
