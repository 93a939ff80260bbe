import { bandsOf } from '../../src/split/band.ts'
import { edgeFlags } from '../../src/split/edge-flags.ts'
import type { TryRules } from '../../src/split/judge-try.ts'
import { offTarget } from '../../src/split/off-target.ts'
import { offTargetAt, passAt } from '../../src/split/thresholds.ts'

/** Mass thinner than this at the rim of the lattice is cut off (and stays in `undecided`). */
const NEGLIGIBLE = 1e-17

export type ExactTry = {
  pass: number
  offTarget: number
  /** Mass still undecided where the computation stopped. */
  undecided: number
  /** Mean number of draws of a try; those still undecided count with the draws they had. */
  mean: number
  /** Smallest number of draws by which at least this part of the tries is decided. */
  quantile(part: number): number
  /** Part of the tries that `draws` draws leave undecided. */
  undecidedAfter(draws: number): number
}

/**
 * Exact distribution of the outcome of one unguarded try between two destinations, by dynamic
 * programming over (draws, draws of the first destination, flags that have latched). Every cell asks
 * the very functions that judgeTry asks; dependence between draws is not looked at.
 *
 * @param truth the first destination's true share
 * @param limits.undecided stop once less than this is undecided
 * @param limits.draws stop after so many draws
 */
export function exactTry(
  rules: Pick<TryRules, 'target' | 'tolerance' | 'old' | 'alpha' | 'beta' | 'promises'>,
  truth: number,
  limits: { undecided?: number; draws?: number } = {},
): ExactTry {
  const bands = bandsOf(rules.target, rules.tolerance)
  const flags = edgeFlags(bands)
  const evidence = offTarget(bands, rules.old)
  const allLatched = 2 ** flags.length - 1
  const toLatch = passAt(rules)
  const toFail = offTargetAt(rules)
  const counts = [0, 0]
  let low = 0
  let layers = new Map<number, Float64Array>([[0, Float64Array.of(1)]])
  let undecided = 1
  let pass = 0
  let fail = 0
  let mean = 0
  const left = [1]

  for (let draws = 1; undecided > (limits.undecided ?? 1e-9); draws++) {
    if (draws > (limits.draws ?? Number.POSITIVE_INFINITY)) break
    mean += undecided
    const width = (layers.values().next().value?.length ?? 0) + 1
    const next = new Map<number, Float64Array>()
    const layer = (mask: number) => {
      const present = next.get(mask)
      if (present !== undefined) return present
      const made = new Float64Array(width)
      next.set(mask, made)
      return made
    }
    const moved = [...layers].map(([mask, mass]) => ({ mask, mass: step(mass, truth) }))
    for (let cell = 0; cell < width; cell++) {
      if (moved.every(({ mass }) => mass[cell] === 0)) continue
      const hits = low + cell
      counts[0] = hits
      counts[1] = draws - hits
      const fails = evidence.logEvidence(counts, draws) >= toFail
      let latched = 0
      for (const [bit, flag] of flags.entries()) {
        if (flag.logRatio(draws, counts[flag.destination] ?? 0) >= toLatch) latched |= 1 << bit
      }
      for (const { mask, mass } of moved) {
        const here = mass[cell] ?? 0
        if (here === 0) continue
        if (fails) fail += here
        else if ((mask | latched) === allLatched) pass += here
        else {
          const into = layer(mask | latched)
          into[cell] = (into[cell] ?? 0) + here
        }
      }
    }
    const [first, last] = extent(next.values())
    layers = new Map([...next].map(([mask, mass]) => [mask, mass.subarray(first, last)]))
    low += first
    undecided = Math.max(0, 1 - pass - fail)
    left.push(undecided)
  }

  return {
    pass,
    offTarget: fail,
    undecided,
    mean,
    quantile: (part) => left.findIndex((mass) => mass <= 1 - part),
    undecidedAfter: (draws) => left[Math.min(draws, left.length - 1)] ?? 0,
  }
}

function step(mass: Float64Array, truth: number): Float64Array {
  const moved = new Float64Array(mass.length + 1)
  for (let cell = 0; cell < mass.length; cell++) {
    const here = mass[cell] ?? 0
    moved[cell] = (moved[cell] ?? 0) + here * (1 - truth)
    moved[cell + 1] = here * truth
  }
  return moved
}

function extent(layers: Iterable<Float64Array>): [first: number, afterLast: number] {
  let first = Number.POSITIVE_INFINITY
  let last = -1
  for (const mass of layers) {
    let start = 0
    while (start < mass.length && (mass[start] ?? 0) < NEGLIGIBLE) start++
    let end = mass.length - 1
    while (end >= start && (mass[end] ?? 0) < NEGLIGIBLE) end--
    first = Math.min(first, start)
    last = Math.max(last, end)
  }
  return last < 0 ? [0, 0] : [first, last + 1]
}
