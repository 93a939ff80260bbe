import { bandsOf } from '../../src/split/judge/band.ts'
import { rejectAnywhere } from '../../src/split/judge/delayed-start.ts'
import type { JudgeRules } from '../../src/split/judge/judge-rules.ts'
import { offTarget } from '../../src/split/judge/off-target.ts'
import { type PassTest, passTests } from '../../src/split/judge/pass-tests.ts'
import { offTargetAt } from '../../src/split/judge/thresholds.ts'

/** Rules of an attempt between two destinations that needs no guard. */
export type PlainRules = Pick<
  JudgeRules,
  'target' | 'tolerance' | 'old' | 'alpha' | 'beta' | 'hypotheses'
>

/** One condition for a pass: it holds from `cut[samples]` hits of the first destination on, upwards or downwards. */
export type Condition = { rises: boolean; cut: readonly number[] }

/**
 * A rule between two destinations, as numbers of hits of the first one. Entry 0 of each list stands
 * for no samples and is never asked for.
 */
export type CutOffs = {
  /** `ever`: each condition must have held once; `now`: all must hold at the same sample. */
  passes: 'ever' | 'now'
  conditions: readonly Condition[]
  /** Up to so many hits fail, -1 for none. */
  failBelow: readonly number[]
  /** So many hits or more fail, one more than the samples for none. */
  failAbove: readonly number[]
  /** Fills the lists up to so many samples. */
  extend(samples: number): void
}

/** Whether something holds after so many samples, of which so many were hits. */
export type Holds = (samples: number, hits: number) => boolean

/**
 * The rule of judgeAttempt. Each cut-off is found with the very functions that judgeAttempt asks. Their values
 * rise or fall with hits (the margin tests) or are convex in them (the evidence), so one cut a side says all.
 *
 * @param margin tests other margin tests than judgeAttempt's, for comparison
 */
export function judgedCutOffs(rules: PlainRules, marginTests = testsOf(rules)): CutOffs {
  const bands = bandsOf(rules.target, rules.tolerance)
  const evidence = offTarget(bands, rules.old)
  const toFail = offTargetAt(rules)
  const counts = [0, 0]
  const conditions = testConditions(marginTests, [])
  return findCutOffs('ever', conditions, bands[0]?.share ?? 0, (samples, hits) => {
    counts[0] = hits
    counts[1] = samples - hits
    return evidence.logEvidence(counts, samples) >= toFail
  })
}

/**
 * The same rule, its fails included, with other margin tests, some of which must reach more.
 *
 * @param beyond how much more than usual each margin test's log ratio must reach
 */
export function withHigherLevels(
  cutOffs: CutOffs,
  marginTests: readonly PassTest[],
  beyond: readonly number[],
): CutOffs {
  const conditions = testConditions(marginTests, beyond).map(({ rises, holds }) => ({
    rises,
    ...cutsOf(rises, holds),
  }))
  return {
    ...cutOffs,
    conditions,
    extend(samples) {
      cutOffs.extend(samples)
      for (const { extend } of conditions) extend(samples)
    },
  }
}

function testsOf({ target, tolerance, beta }: PlainRules): PassTest[] {
  return passTests(bandsOf(target, tolerance), beta, undefined)
}

/** The margin tests of the rule that ours was before: they look from the first sample on, for a ratio of 1/beta. */
export function testsFromTheStart(rules: PlainRules): PassTest[] {
  return testsOf(rules).map((one) => ({ ...one, rejection: rejectAnywhere(rules.beta) }))
}

type ConditionSought = { rises: boolean; holds: Holds }

function testConditions(
  marginTests: readonly PassTest[],
  beyond: readonly number[],
): ConditionSought[] {
  return marginTests.map(
    ({ test: { destination, side, logRatio }, rejection: { from, level } }, i) => {
      const first = destination === 0
      const wanted = level + (beyond[i] ?? 0)
      return {
        rises: (side === 'lower') === first,
        holds: (samples, hits) =>
          samples >= from && logRatio(samples, first ? hits : samples - hits) >= wanted,
      }
    },
  )
}

/** @param fails convex in hits: it holds at either end, not where the hits are the target share of the samples */
export function findCutOffs(
  passes: CutOffs['passes'],
  conditions: readonly ConditionSought[],
  share: number,
  fails: Holds,
): CutOffs {
  const sought = conditions.map(({ rises, holds }) => ({ rises, ...cutsOf(rises, holds) }))
  const below = cutsOf(false, (samples, hits) => hits < samples * share && fails(samples, hits))
  const above = cutsOf(true, (samples, hits) => hits > samples * share && fails(samples, hits))
  return {
    passes,
    conditions: sought,
    failBelow: below.cut,
    failAbove: above.cut,
    extend(samples) {
      for (const { extend } of [...sought, below, above]) extend(samples)
    },
  }
}

/** A step moves a cut by a cell or so, so each is sought near the one before. */
function cutsOf(rises: boolean, holds: Holds): { cut: number[]; extend(samples: number): void } {
  const cut = [rises ? 1 : -1]
  function next(samples: number, near: number): number {
    let at = near
    if (rises) {
      while (at <= samples && !holds(samples, at)) at++
      while (at > 0 && holds(samples, at - 1)) at--
    } else {
      while (at >= 0 && !holds(samples, at)) at--
      while (at < samples && holds(samples, at + 1)) at++
    }
    return at
  }
  return {
    cut,
    extend(samples) {
      for (let n = cut.length; n <= samples; n++) cut.push(next(n, cut[n - 1] ?? 0))
    },
  }
}
