import type { OfCounts } from './barrier.ts'
import type { Part } from './joint-survival.ts'
import type { TryRules } from './judge-try.ts'
import { coarseWalk, exactWalk } from './lattice-walk.ts'
import { logQuotient } from './likelihood-ratio.ts'
import type { PlanQuestion } from './plan-question.ts'
import { offTargetAt, passAt } from './thresholds.ts'
import { type Course, undecidedCourse } from './undecided-course.ts'

export type PlanRules = Omit<TryRules, 'noReplyAlpha'>

/** How one question's tries get on; `exact` but for what is cut off below a part of 1e-5. */
export type Followed = { part: Part; exact: boolean }

/** Part of the tries at which the computation stops: far below the .001 that p999 asks for. */
const UNTIL = 1e-5

/** Cell updates of an exact walk that fit into a few hundredths of a second. */
const EXACT_WORK = 8e6
/** With a guard every cell is kept once for each level of its story, of which about so many are in use. */
const GUARD_LEVELS = 20

/** Steps of a coarse walk while the number of draws doubles: how finely time is cut. */
const STEPS_A_DOUBLING = 96
const GUARDED_STEPS_A_DOUBLING = 48

/** Draws followed one by one before coarse steps begin. */
const LEAST_EXACT_DRAWS = 128

/** Expected hits or misses, whichever are rarer, after which a story no longer hangs on single draws. */
const GUARD_SETTLES_AFTER = 12

/**
 * The survival of one question: exact as far as the work allows, then by coarser and coarser steps.
 *
 * @param effort part of the usual work that this question may take
 */
export function follow(
  rules: PlanRules,
  question: PlanQuestion,
  evidence: OfCounts,
  effort: number,
): Followed {
  const { share, guard } = question
  for (let mostDraws = guessMostDraws(rules, question); ; mostDraws *= 2) {
    const exact = exactDraws(question, mostDraws, EXACT_WORK * effort)
    const survival = undecidedCourse({
      walks: walksOf(question, exact, mostDraws, effort),
      low: question.low,
      high: question.high,
      toLatch: passAt(rules),
      guard,
      evidence,
      toFail: offTargetAt(rules),
      until: UNTIL,
    })
    if ((survival.undecided.at(-1) ?? 1) <= 10 * UNTIL)
      return {
        part: { share: question.turned ? 1 - share : share, survival },
        exact: exact === mostDraws && guard === undefined,
      }
  }
}

/** How many draws to follow one by one: all where that fits. */
function exactDraws({ share, guard }: PlanQuestion, mostDraws: number, work: number): number {
  const layers = guard === undefined || guard.edge === 1 ? 1 : GUARD_LEVELS
  const width = 10 * Math.sqrt(mostDraws * share * (1 - share)) + 1
  if (mostDraws * width * layers <= work) return mostDraws
  const settled =
    guard === undefined ? 0 : Math.ceil(GUARD_SETTLES_AFTER / Math.min(share, 1 - share))
  return Math.min(mostDraws, Math.max(LEAST_EXACT_DRAWS, settled))
}

/** An exact walk, then a coarse one for each doubling of the draws. */
function walksOf(
  { share, guard }: PlanQuestion,
  exact: number,
  mostDraws: number,
  effort: number,
): Course['walks'] {
  const usual = guard === undefined ? STEPS_A_DOUBLING : GUARDED_STEPS_A_DOUBLING
  // Steps and cells both grow with the work, the cells as the square root of the steps.
  const steps = usual * effort ** (2 / 3)
  const walks = [{ walk: exactWalk(share, exact), untilDraws: exact }]
  for (let draws = exact; draws < mostDraws; draws *= 2) {
    const drawsPerStep = Math.max(1, Math.floor(draws / steps))
    const walk = coarseWalk(share, drawsPerStep, Math.ceil((2 * draws) / drawsPerStep))
    walks.push({ walk, untilDraws: 2 * draws })
  }
  return walks
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
