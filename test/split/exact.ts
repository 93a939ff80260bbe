import { bandsOf } from '../../src/split/band.ts'
import { type EdgeFlag, edgeFlags } from '../../src/split/edge-flags.ts'
import { firstLook, type Latch, latchAnywhere } from '../../src/split/first-look.ts'
import type { TryRules } from '../../src/split/judge-try.ts'
import { offTarget } from '../../src/split/off-target.ts'
import { offTargetAt } from '../../src/split/thresholds.ts'

/** Rules of a try between two destinations that needs no guard. */
export type PlainRules = Pick<
  TryRules,
  'target' | 'tolerance' | 'old' | 'alpha' | 'beta' | 'promises'
>

export type ExactTry = {
  pass: number
  offTarget: number
  /** Part still undecided where the computation stopped. */
  undecided: number
  /** Mean number of draws of a try; the undecided count with the draws they had. */
  mean: number
  /** Fewest draws by which this part of the tries is decided. */
  quantile(part: number): number
  /** Part of the tries that this many draws leave undecided. */
  undecidedAfter(draws: number): number
}

/** Mass thinner than this at the rim of the lattice is cut off; it stays undecided. */
const NEGLIGIBLE = 1e-17

/** Mass over numbers of hits, from `lowest` hits on, for one set of latched flags. */
type Layers = { lowest: number; byFlags: Map<number, Float64Array> }

/**
 * Exact distribution of the outcome of one try, by dynamic programming over (draws, hits of the first
 * destination, set of latched flags). The cells ask the very functions that judgeTry asks, and nothing is
 * interpolated. Draws are independent and all can be told.
 *
 * @param truth the first destination's true share
 * @param stop.undecided stop once less than this is undecided (1e-9)
 * @param stop.draws stop after so many draws
 */
export function exactTry(
  rules: PlainRules,
  truth: number,
  stop: { undecided?: number; draws?: number } = {},
): ExactTry {
  const leastUndecided = stop.undecided ?? 1e-9
  const mostDraws = stop.draws ?? Number.POSITIVE_INFINITY
  const judge = cellJudge(rules)
  let layers: Layers = { lowest: 0, byFlags: new Map([[0, Float64Array.of(1)]]) }
  let pass = 0
  let failed = 0
  let mean = 0
  const left = [1]
  const undecided = () => Math.max(0, 1 - pass - failed)

  for (let draws = 1; undecided() > leastUndecided && draws <= mostDraws; draws++) {
    mean += undecided()
    const step = judge(spread(layers, truth), draws)
    layers = trimmed(step.layers)
    pass += step.pass
    failed += step.offTarget
    left.push(undecided())
  }
  return {
    pass,
    offTarget: failed,
    undecided: undecided(),
    mean,
    quantile: (part) => left.findIndex((open) => open <= 1 - part),
    undecidedAfter: (draws) => left[Math.min(draws, left.length - 1)] ?? 0,
  }
}

type Step = { layers: Layers; pass: number; offTarget: number }

function cellJudge(rules: PlainRules): (layers: Layers, draws: number) => Step {
  const bands = bandsOf(rules.target, rules.tolerance)
  const flags = edgeFlags(bands).map((flag) => {
    const band = bands[flag.destination]
    return {
      flag,
      latch: band ? firstLook(flag, band, rules.beta) : latchAnywhere(rules.beta),
    }
  })
  const evidence = offTarget(bands, rules.old)
  const toFail = offTargetAt(rules)
  const all = 2 ** flags.length - 1

  return ({ lowest, byFlags }, draws) => {
    const width = widthOf(byFlags)
    const countsAt = (cell: number) => [lowest + cell, draws - lowest - cell]
    const goOn = spared(width, (cell) => evidence.logEvidence(countsAt(cell), draws) >= toFail)
    const next = new Map<number, Float64Array>()
    const step: Step = { layers: { lowest, byFlags: next }, pass: 0, offTarget: 0 }
    for (let cell = 0; cell < width; cell++) {
      const latched = latchedFlags(flags, countsAt(cell), draws)
      for (const [before, mass] of byFlags) {
        const here = mass[cell] ?? 0
        const after = before | latched
        if (cell < goOn.first || cell > goOn.last) step.offTarget += here
        else if (after === all) step.pass += here
        else if (here > 0) add(next, after, width, cell, here)
      }
    }
    return step
  }
}

/** The cells that do not fail. The evidence is convex in hits, so those that do lie at either end. */
function spared(width: number, fails: (cell: number) => boolean): { first: number; last: number } {
  let first = 0
  while (first < width && fails(first)) first++
  let last = width - 1
  while (last > first && fails(last)) last--
  return { first, last }
}

function latchedFlags(
  flags: readonly { flag: EdgeFlag; latch: Latch }[],
  counts: readonly number[],
  draws: number,
): number {
  let latched = 0
  for (let bit = 0; bit < flags.length; bit++) {
    const one = flags[bit]
    if (one === undefined || draws < one.latch.from) continue
    const hits = counts[one.flag.destination] ?? 0
    if (one.flag.logRatio(draws, hits) >= one.latch.level) latched |= 1 << bit
  }
  return latched
}

function add(
  layers: Map<number, Float64Array>,
  flags: number,
  width: number,
  cell: number,
  mass: number,
): void {
  const layer = layers.get(flags) ?? new Float64Array(width)
  layers.set(flags, layer)
  layer[cell] = (layer[cell] ?? 0) + mass
}

function widthOf(byFlags: ReadonlyMap<number, Float64Array>): number {
  for (const mass of byFlags.values()) return mass.length
  return 0
}

/** One draw: the mass of each cell goes on to the next number of hits by the part `truth`. */
function spread({ lowest, byFlags }: Layers, truth: number): Layers {
  const moved = new Map<number, Float64Array>()
  for (const [flags, mass] of byFlags) {
    const next = new Float64Array(mass.length + 1)
    for (let cell = 0; cell < mass.length; cell++) {
      const here = mass[cell] ?? 0
      next[cell] = (next[cell] ?? 0) + here * (1 - truth)
      next[cell + 1] = here * truth
    }
    moved.set(flags, next)
  }
  return { lowest, byFlags: moved }
}

function trimmed({ lowest, byFlags }: Layers): Layers {
  let first = Number.POSITIVE_INFINITY
  let end = 0
  for (const mass of byFlags.values()) {
    const start = mass.findIndex((here) => here > NEGLIGIBLE)
    if (start < 0) continue
    first = Math.min(first, start)
    end = Math.max(end, mass.findLastIndex((here) => here > NEGLIGIBLE) + 1)
  }
  if (end === 0) return { lowest, byFlags: new Map() }
  return {
    lowest: lowest + first,
    byFlags: new Map([...byFlags].map(([flags, mass]) => [flags, mass.slice(first, end)])),
  }
}
