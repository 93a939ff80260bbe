import { type Band, bandsOf } from '../judge/band.ts'
import { rejectAnywhere } from '../judge/delayed-start.ts'
import type { PlanRules } from '../judge/judge-rules.ts'
import { passTests } from '../judge/pass-tests.ts'
import { deterministicSampleSize } from './deterministic-sample-size.ts'
import { exactCourse } from './exact-course.ts'
import { expectedSampleSize, upperSampleSize } from './expected-sample-size.ts'
import { simulatedCourse } from './simulated-course.ts'
import { affordableAttempts } from './simulation-effort.ts'
import { meanSamples, type Survival, samplesUntil } from './survival.ts'

export type ConnectionsPlan = {
  /** Mean number of connections that an attempt uses until it decides. */
  mean: number
  /** What 90% of attempts need at most. */
  p90: number
  /** What 99.9% of attempts need at most. */
  p999: number
  exactness: 'exact' | 'approximate'
}

/** Raises an approximate p999, which is a cap, so that it does not fall below the true one. */
const MARGIN = 1.04

/** Cell updates of an exact course that fit into a few hundredths of a second. */
const EXACT_WORK = 5e6

/** Part of the attempts that an exact course may leave out. */
const LEFT_OUT = 1e-4

/**
 * How many connections one attempt uses until it decides, where the true shares are the target, samples are
 * independent and every connection gets a reply. Takes 10 to 25 ms, in a new process up to twice as much.
 *
 * Exact (but for the last 1e-5 of the attempts) for two destinations without a guard where some 10,000 samples
 * settle it, and where no share is left to chance. Else approximate, from a few hundred simulated attempts
 * (always the same for the same rules). As bench/split/planner.ts measures against attempts of
 * judgeAttempt, over every confidence from 50% to 99.999%:
 * - two destinations: mean, p90 and p999 within 3%;
 * - three to ten: within 5%, the farther the more of the attempts fail.
 * An approximate p999 serves as a limit, so it is 4% more than computed; some .02 to .12% of attempts need
 * more.
 */
export function planConnections(rules: PlanRules): ConnectionsPlan {
  const bands = bandsOf(rules.target, rules.tolerance)
  const uncertain = bands.flatMap(({ share }, i) => (share > 0 && share < 1 ? [i] : []))
  if (uncertain.length === 0) {
    const samples = deterministicSampleSize(rules)
    return { mean: samples, p90: samples, p999: samples, exactness: 'exact' }
  }
  const exact = exactly(rules, bands, uncertain)
  if (exact !== undefined) return { ...figures(exact), exactness: 'exact' }
  const own = uncertain.flatMap((i) => bands[i] ?? [])
  const expected = expectedSampleSize(own, rejectAnywhere(rules.beta).level)
  const most = affordableAttempts(own.length, expected)
  const size = { expectedSampleSize: expected, most }
  const { mean, p90, p999 } = figures(simulatedCourse(rules, bands, uncertain, size))
  return { mean, p90, p999: Math.ceil(p999 * MARGIN), exactness: 'approximate' }
}

function figures(survival: Survival): Omit<ConnectionsPlan, 'exactness'> {
  return {
    mean: meanSamples(survival),
    p90: samplesUntil(survival, 0.1),
    p999: samplesUntil(survival, 0.001),
  }
}

/** The exact survival of two destinations without a guard, where it is soon made. */
function exactly(
  rules: PlanRules,
  bands: readonly Band[],
  uncertain: readonly number[],
): Survival | undefined {
  const [one, other] = uncertain
  if (bands.length > 2 || one === undefined || other === undefined) return undefined
  if (guarded(rules, bands)) return undefined
  const share = bands[one]?.share ?? 0
  const { level } = rejectAnywhere(rules.beta)
  for (let most = upperSampleSize(bands, level, LEFT_OUT / 10); ; most *= 2) {
    if (most * (10 * Math.sqrt(most * share * (1 - share)) + 1) > EXACT_WORK) return undefined
    const survival = exactCourse(rules, bands, [one, other], most)
    if ((survival.undecided.at(-1) ?? 1) <= LEFT_OUT) return survival
  }
}

function guarded({ beta, old, guardCrossing }: PlanRules, bands: readonly Band[]): boolean {
  const tests = passTests(bands, beta, guardCrossing ? old : undefined)
  return tests.some(({ guardedAgainst }) => guardedAgainst !== undefined)
}
