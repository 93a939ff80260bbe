import { type Band, bandsOf } from './band.ts'
import type { OfCounts } from './barrier.ts'
import { edgeFlags } from './edge-flags.ts'
import { jointOpen, mostOpen, type Part } from './joint-survival.ts'
import type { TryRules } from './judge-try.ts'
import { coarseWalk, exactWalk } from './lattice-walk.ts'
import { logQuotient, logRatio, ratioSteps } from './likelihood-ratio.ts'
import { logSumExp } from './log-sum-exp.ts'
import { offTarget } from './off-target.ts'
import { type PlanQuestion, planQuestion } from './plan-question.ts'
import { offTargetAt, passAt } from './thresholds.ts'
import { undecidedCourse } from './undecided-course.ts'

export type PlanRules = Omit<TryRules, 'noReplyAlpha'>

export type ConnectionsPlan = {
  /** Mean number of connections that a try uses until it decides. */
  mean: number
  /** What 90% of tries need at most. */
  p90: number
  /** What 99.9% of tries need at most. */
  p999: number
  exactness: 'exact' | 'approximate'
}

/** Part of the tries at which the computation stops: far below the .001 that p999 asks for. */
const UNTIL = 1e-5

/** Cell updates of an exact walk that fit into a few hundredths of a second. */
const EXACT_WORK = 8e6
/** With a guard every cell is kept once for each level of its story, of which about so many are in use. */
const GUARD_LEVELS = 20

/** Steps of a coarse walk over the longest tries. */
const COARSE_STEPS = 800
const GUARDED_COARSE_STEPS = 300

/** Expected hits or misses, whichever are rarer, after which a story no longer hangs on single draws. */
const GUARD_SETTLES_AFTER = 20

/** Points at which several destinations' curves are put together. */
const GRID = 1024

/** Raises an approximate p999, which is a cap, so that it does not fall below the true one. */
const MARGIN = 1.04

/**
 * How many connections one try uses until it decides, where the true shares are the target, draws are
 * independent and every connection gets a reply.
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

type Followed = { part: Part; exact: boolean }

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
    if (question.guards < 2)
      return [follow(rules, question, evidenceOfTwo(rules, bands, one, other, question.turned), 1)]
  }
  const alike = new Map<string, Followed>()
  return uncertain.map((i) => {
    const key = JSON.stringify([bands[i], rules.old?.[i]])
    const known = alike.get(key)
    if (known !== undefined) return known
    const question = planQuestion(rules, bands, i, [i])
    const followed = follow(
      rules,
      question,
      evidenceOfOne(rules, bands, i, question.turned),
      1 / uncertain.length,
    )
    alike.set(key, followed)
    return followed
  })
}

function waiting(atLeast: number, open: (draws: number) => number): (draws: number) => number {
  return (draws) => (draws < atLeast ? 1 : open(draws))
}

/** Draws until the flags of destinations with share 0 or 1 have latched, which holds no chance. */
function certainDraws(rules: PlanRules): number {
  const toLatch = passAt(rules)
  const bands = bandsOf(rules.target, rules.tolerance)
  const certain = edgeFlags(bands).filter(({ destination }) => {
    const share = bands[destination]?.share
    return share === 0 || share === 1
  })
  const latchedBy = (draws: number) =>
    certain.every(
      (flag) => flag.logRatio(draws, draws * (bands[flag.destination]?.share ?? 0)) >= toLatch,
    )
  let beyond = 1
  while (!latchedBy(beyond)) beyond *= 2
  return firstAtMost((draws) => (latchedBy(draws) ? 0 : 1), 0, beyond)
}

/**
 * The survival of one question; coarse walks keep the work within bounds.
 *
 * @param effort part of the usual work that this question may take
 */
function follow(
  rules: PlanRules,
  question: PlanQuestion,
  evidence: OfCounts,
  effort: number,
): Followed {
  const { share, guard } = question
  const usualSteps = guard === undefined ? COARSE_STEPS : GUARDED_COARSE_STEPS
  const steps = Math.ceil(usualSteps * Math.sqrt(effort))
  for (let mostDraws = guessMostDraws(rules, question); ; mostDraws *= 2) {
    const exact = exactDraws(question, mostDraws, EXACT_WORK * effort)
    const walks = [{ walk: exactWalk(share, exact), untilDraws: exact }]
    if (exact < mostDraws) {
      const perStep = Math.ceil(mostDraws / steps)
      walks.push({ walk: coarseWalk(share, perStep, steps), untilDraws: mostDraws })
    }
    const survival = undecidedCourse({
      walks,
      low: question.low,
      high: question.high,
      toLatch: passAt(rules),
      guard,
      evidence,
      toFail: offTargetAt(rules),
      until: UNTIL,
    })
    if ((survival.undecided.at(-1) ?? 1) <= 10 * UNTIL)
      return { part: { share, survival }, exact: exact === mostDraws && guard === undefined }
  }
}

/** How many draws to follow one by one: all where that fits, else the first where a guard needs them. */
function exactDraws({ share, guard }: PlanQuestion, mostDraws: number, work: number): number {
  const layers = guard === undefined || guard.edge === 1 ? 1 : GUARD_LEVELS
  const width = 10 * Math.sqrt(mostDraws * share * (1 - share)) + 1
  if (mostDraws * width * layers <= work) return mostDraws
  if (guard === undefined) return 0
  return Math.min(mostDraws, Math.ceil(GUARD_SETTLES_AFTER / Math.min(share, 1 - share)))
}

/** Evidence against the target where two destinations have a share. */
function evidenceOfTwo(
  rules: PlanRules,
  bands: readonly Band[],
  one: number,
  other: number,
  turned: boolean,
): OfCounts {
  const evidence = offTarget(bands, rules.old)
  const counts = bands.map(() => 0)
  return (draws, hits) => {
    counts[turned ? other : one] = hits
    counts[turned ? one : other] = draws - hits
    return evidence.logEvidence(counts, draws)
  }
}

/** The part of the evidence against the target that is staked on the edges of one of many destinations. */
function evidenceOfOne(
  rules: PlanRules,
  bands: readonly Band[],
  destination: number,
  turned: boolean,
): OfCounts {
  const band = bands[destination]
  const steps =
    band === undefined ? [] : [ratioSteps(band.low, band.share), ratioSteps(band.high, band.share)]
  const stake = Math.log((rules.old === undefined ? 0.5 : 0.4) / (2 * bands.length))
  return (draws, hits) => {
    const own = turned ? draws - hits : hits
    return stake + logSumExp(steps.map((one) => logRatio(one, own, draws - own)))
  }
}

/**
 * Draws within which nearly all tries pass. A flag's ratio drifts by the divergence D a draw with a
 * variance of about 2 D, so with x = D n it is below the level b with a chance of less than
 * exp(-(x - b)^2 / 4x).
 */
function guessMostDraws(
  rules: PlanRules,
  { share, lowEdge, highEdge, guard }: PlanQuestion,
): number {
  const level = passAt(rules) * (guard === undefined ? 1 : 1.5)
  const rare = Math.log(1 / UNTIL)
  const drift = Math.min(divergence(share, lowEdge), divergence(share, highEdge))
  const byDrift = (Math.sqrt(rare) + Math.sqrt(rare + level)) ** 2 / drift
  const byFirstHitAndMiss = rare / Math.min(share, 1 - share)
  return Math.ceil(Math.max(byDrift, byFirstHitAndMiss)) + 50
}

function divergence(p: number, q: number): number {
  return p * logQuotient(p, q) + (1 - p) * logQuotient(1 - p, 1 - q)
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

/** The fewest draws at which a falling function is at most `wanted`. */
function firstAtMost(open: (draws: number) => number, wanted: number, longest: number): number {
  let low = 0
  let high = longest
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (open(middle) <= wanted) high = middle
    else low = middle + 1
  }
  return low
}
