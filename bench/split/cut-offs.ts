import { bandsOf } from '../../src/split/judge/band.ts'
import { latchAnywhere } from '../../src/split/judge/first-look.ts'
import { offTarget } from '../../src/split/judge/off-target.ts'
import { type PassFlag, passFlags } from '../../src/split/judge/pass-flags.ts'
import { offTargetAt } from '../../src/split/judge/thresholds.ts'
import type { TryRules } from '../../src/split/judge/try-rules.ts'

/** Rules of a try between two destinations that needs no guard. */
export type PlainRules = Pick<
  TryRules,
  'target' | 'tolerance' | 'old' | 'alpha' | 'beta' | 'promises'
>

/** One condition for a pass: it holds from `cut[draws]` hits of the first destination on, upwards or downwards. */
export type Condition = { rises: boolean; cut: readonly number[] }

/**
 * A rule between two destinations, as numbers of hits of the first one. Entry 0 of each list stands
 * for no draws and is never asked for.
 */
export type CutOffs = {
  /** `ever`: each condition must have held once; `now`: all must hold at the same draw. */
  passes: 'ever' | 'now'
  conditions: readonly Condition[]
  /** Up to so many hits fail, -1 for none. */
  failBelow: readonly number[]
  /** So many hits or more fail, one more than the draws for none. */
  failAbove: readonly number[]
  /** Fills the lists up to so many draws. */
  extend(draws: number): void
}

/** Whether something holds after so many draws, of which so many were hits. */
export type Holds = (draws: number, hits: number) => boolean

/**
 * The rule of judgeTry. Each cut-off is found with the very functions that judgeTry asks. Their values
 * rise or fall with hits (the flags) or are convex in them (the evidence), so one cut a side says all.
 *
 * @param flags other flags than judgeTry's, for comparison
 */
export function judgedCutOffs(rules: PlainRules, flags = flagsOf(rules)): CutOffs {
  const bands = bandsOf(rules.target, rules.tolerance)
  const evidence = offTarget(bands, rules.old)
  const toFail = offTargetAt(rules)
  const counts = [0, 0]
  const conditions = flagConditions(flags, [])
  return findCutOffs('ever', conditions, bands[0]?.share ?? 0, (draws, hits) => {
    counts[0] = hits
    counts[1] = draws - hits
    return evidence.logEvidence(counts, draws) >= toFail
  })
}

/**
 * The same rule, its fails included, with other flags, some of which must reach more.
 *
 * @param beyond how much more than usual each flag's log ratio must reach
 */
export function withHigherFlags(
  cutOffs: CutOffs,
  flags: readonly PassFlag[],
  beyond: readonly number[],
): CutOffs {
  const conditions = flagConditions(flags, beyond).map(({ rises, holds }) => ({
    rises,
    ...cutsOf(rises, holds),
  }))
  return {
    ...cutOffs,
    conditions,
    extend(draws) {
      cutOffs.extend(draws)
      for (const { extend } of conditions) extend(draws)
    },
  }
}

function flagsOf({ target, tolerance, beta }: PlainRules): PassFlag[] {
  return passFlags(bandsOf(target, tolerance), beta, undefined)
}

/** The flags of the rule that ours was before: they look from the first draw on, for a ratio of 1/beta. */
export function flagsLookingAtOnce(rules: PlainRules): PassFlag[] {
  return flagsOf(rules).map((one) => ({ ...one, latch: latchAnywhere(rules.beta) }))
}

type ConditionSought = { rises: boolean; holds: Holds }

function flagConditions(flags: readonly PassFlag[], beyond: readonly number[]): ConditionSought[] {
  return flags.map(({ flag: { destination, side, logRatio }, latch: { from, level } }, i) => {
    const first = destination === 0
    const wanted = level + (beyond[i] ?? 0)
    return {
      rises: (side === 'lower') === first,
      holds: (draws, hits) =>
        draws >= from && logRatio(draws, first ? hits : draws - hits) >= wanted,
    }
  })
}

/** @param fails convex in hits: it holds at either end, not where the hits are the target share of the draws */
export function findCutOffs(
  passes: CutOffs['passes'],
  conditions: readonly ConditionSought[],
  share: number,
  fails: Holds,
): CutOffs {
  const sought = conditions.map(({ rises, holds }) => ({ rises, ...cutsOf(rises, holds) }))
  const below = cutsOf(false, (draws, hits) => hits < draws * share && fails(draws, hits))
  const above = cutsOf(true, (draws, hits) => hits > draws * share && fails(draws, hits))
  return {
    passes,
    conditions: sought,
    failBelow: below.cut,
    failAbove: above.cut,
    extend(draws) {
      for (const { extend } of [...sought, below, above]) extend(draws)
    },
  }
}

/** A step moves a cut by a cell or so, so each is sought near the one before. */
function cutsOf(rises: boolean, holds: Holds): { cut: number[]; extend(draws: number): void } {
  const cut = [rises ? 1 : -1]
  function next(draws: number, near: number): number {
    let at = near
    if (rises) {
      while (at <= draws && !holds(draws, at)) at++
      while (at > 0 && holds(draws, at - 1)) at--
    } else {
      while (at >= 0 && !holds(draws, at)) at--
      while (at < draws && holds(draws, at + 1)) at++
    }
    return at
  }
  return {
    cut,
    extend(draws) {
      for (let n = cut.length; n <= draws; n++) cut.push(next(n, cut[n - 1] ?? 0))
    },
  }
}
