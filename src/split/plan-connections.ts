import { type Band, bandsOf } from './band.ts'
import { certainDraws } from './certain-draws.ts'
import { firstAtMost } from './first-at-most.ts'
import { jointOpen, mostOpen, type Part } from './joint-survival.ts'
import { evidenceOfOne, evidenceOfTwo } from './plan-evidence.ts'
import { type Followed, follow, type PlanRules } from './plan-follow.ts'
import { planQuestion } from './plan-question.ts'

export type { PlanRules } from './plan-follow.ts'

export type ConnectionsPlan = {
  /** Mean number of connections that a try uses until it decides. */
  mean: number
  /** What 90% of tries need at most. */
  p90: number
  /** What 99.9% of tries need at most. */
  p999: number
  exactness: 'exact' | 'approximate'
}

/** Points at which several destinations' curves are put together. */
const GRID = 1024

/** Raises an approximate p999, which is a cap, so that it does not fall below the true one. */
const MARGIN = 1.04

/**
 * How many connections one try uses until it decides, where the true shares are the target, draws are
 * independent and every connection gets a reply. Takes some hundredths of a second.
 *
 * Exact (but for the last 1e-5 of the tries) for two destinations without a guard where a lattice of up
 * to some 15,000 draws settles it, and where no share is left to chance. Else approximate. Measured
 * against 20,000 simulated tries for each of some 35 settings, mostly at 99% confidence:
 * - tolerances too small for the lattice: mean, p90 and p999 within .5% of a larger lattice;
 * - a guard: mean and p90 1% too low to 3% too high;
 * - three to six destinations: mean and p90 within 2%;
 * - two destinations with a guard on either side (possible beside a third that loses its share): mean
 *   and p90 6% too low.
 * Among several destinations most fails are left out of account, which tells at a low confidence: at
 * 80% the mean is 6% too high, at 50% a fifth. An approximate p999 serves as a limit, so it is 4% more
 * than computed, and among several destinations the worst case: in all about 0 to 12% too high, at a
 * confidence of 50% up to a third.
 */
export function planConnections(rules: PlanRules): ConnectionsPlan {
  const bands = bandsOf(rules.target, rules.tolerance)
  const uncertain = bands.flatMap(({ share }, i) => (share > 0 && share < 1 ? [i] : []))
  const atLeast = certainDraws(rules)
  if (uncertain.length === 0)
    return { mean: atLeast, p90: atLeast, p999: atLeast, exactness: 'exact' }

  const followed = followAll(rules, bands, uncertain)
  const parts = followed.map(({ part }) => part)
  const exact = bands.length === 2 && followed.every((one) => one.exact)
  const longest = Math.max(atLeast, ...parts.map(({ survival }) => survival.draws.at(-1) ?? 0)) + 1
  const open = waiting(atLeast, jointOpen(parts))
  const p999 = firstAtMost(waiting(atLeast, mostOpen(parts)), 0.001, longest)
  return {
    mean: meanDraws(open, grid(parts, atLeast, longest)),
    p90: firstAtMost(open, 0.1, longest),
    p999: exact ? p999 : Math.ceil(p999 * MARGIN),
    exactness: exact ? 'exact' : 'approximate',
  }
}

/**
 * Two destinations are two sides of one walk. More are followed each against all others, and so are two
 * with a guard on either side, which one walk cannot carry.
 */
function followAll(
  rules: PlanRules,
  bands: readonly Band[],
  uncertain: readonly number[],
): Followed[] {
  const [one = 0, other = 0] = uncertain
  if (uncertain.length === 2) {
    const question = planQuestion(rules, bands, one, uncertain)
    const [hits, misses] = question.turned ? [other, one] : [one, other]
    if (question.guards < 2)
      return [follow(rules, question, evidenceOfTwo(bands, rules.old, hits, misses), 1)]
  }
  const alike = new Map<string, Followed>()
  return uncertain.map((i) => {
    const band = bands[i] ?? { share: 0, low: 0, high: 0 }
    const key = JSON.stringify([band, rules.old?.[i]])
    const question = planQuestion(rules, bands, i, [i])
    const evidence = evidenceOfOne(bands, rules.old, band, question.turned)
    const followed = alike.get(key) ?? follow(rules, question, evidence, 1 / uncertain.length)
    alike.set(key, followed)
    return followed
  })
}

function waiting(atLeast: number, open: (draws: number) => number): (draws: number) => number {
  return (draws) => (draws < atLeast ? 1 : open(draws))
}

/** Draws at which to look for the mean: all that were followed for one part, else evenly. */
function grid(parts: readonly Part[], atLeast: number, longest: number): number[] {
  const [only] = parts
  const points =
    parts.length === 1 && only !== undefined
      ? only.survival.draws
      : Array.from({ length: GRID + 1 }, (_, i) => (i * longest) / GRID)
  return [...points, atLeast - 1, atLeast, longest].sort((a, b) => a - b)
}

/** Mean of a whole number that exceeds `draws` with chance open(draws), by straight lines on the grid. */
function meanDraws(open: (draws: number) => number, points: readonly number[]): number {
  // The sum over all draws 0, 1, 2... is the area below the straight lines and half the first term.
  let sum = 0.5
  let before = { draws: 0, open: 1 }
  for (const draws of points) {
    const here = { draws, open: open(draws) }
    sum += ((before.open + here.open) / 2) * (draws - before.draws)
    before = here
  }
  return sum
}
