import { unansweredTest } from '../diagnosis/unanswered-test.ts'
import { bandsOf } from './band.ts'
import { type CrossingGuard, crossingGuard } from './crossing-guard.ts'
import { dependence } from './dependence.ts'
import type { Decision } from './judge.ts'
import type { JudgeRules } from './judge-rules.ts'
import { logNoReplyEvidence } from './no-reply.ts'
import { offTarget } from './off-target.ts'
import { type PassTest, passTests } from './pass-tests.ts'
import { dependentAt, noReplyAt, offTargetAt, unansweredAt } from './thresholds.ts'

/** A draw that no destination can be told for; it counts against every verdict but `no-reply`. */
export const UNCLASSIFIED = -1

export type Standing = {
  /** Draws judged, the unclassified ones included. */
  samples: number
  unclassified: number
  /** Draws of each destination. */
  counts: readonly number[]
  /** Draws hang together so much that a pass is held back. */
  dependent: boolean
  decision: Decision | undefined
  /** 0 to 1: how far the evidence has come to the decision nearest to it; 1 when decided. */
  closeness: number
}

export type Attempt = {
  /**
   * Takes the next draw: the index of its destination or `UNCLASSIFIED`. Returns the decision once
   * there is one; from then on further draws are not counted and the answer stays.
   */
  observe(destination: number): Decision | undefined
  standing(): Standing
}

type OpenFlag = Pick<PassTest, 'flag' | 'rejection'> & { guard: CrossingGuard | undefined }

/**
 * Judges one try draw by draw, in constant memory: passes when every edge of every band is refuted,
 * fails when the target itself is, or when too many connections go without a reply.
 */
export function judgeAttempt(rules: JudgeRules): Attempt {
  const bands = bandsOf(rules.target, rules.tolerance)
  const toFail = offTargetAt(rules)
  const toMiss = noReplyAt(rules)
  const toName = unansweredAt(rules)
  const unansweredEvidence = unansweredTest(toName < Number.POSITIVE_INFINITY ? rules.target : [])
  const toDoubt = dependentAt(rules)
  const evidence = offTarget(bands, rules.old)
  const order = dependence(bands.length)
  const counts = bands.map(() => 0)
  const old = rules.guardCrossing ? rules.old : undefined
  const open = passTests(bands, rules.beta, old).map(openFlag)
  let samples = 0
  let unclassified = 0
  let nextLook = 0
  let decision: Decision | undefined

  function logRatio({ flag, guard }: OpenFlag): number {
    if (guard !== undefined) return guard.logRatio()
    const hits = counts[flag.destination] ?? 0
    return flag.logRatio(samples, flag.side === 'upper' ? hits + unclassified : hits)
  }

  function count(destination: number): void {
    samples += 1
    const seen = counts[destination]
    if (seen === undefined) {
      unclassified += 1
    } else {
      counts[destination] = seen + 1
      order.observe(destination)
    }
    for (let i = open.length - 1; i >= 0; i--) {
      const one = open[i]
      if (one === undefined) continue
      if (seen === undefined) one.guard?.observe('unclassified')
      else one.guard?.observe(one.flag.destination === destination ? 'hit' : 'miss')
      if (samples >= one.rejection.from && logRatio(one) >= one.rejection.level) open.splice(i, 1)
    }
  }

  function offTargetNow(destination: number): boolean {
    if (samples < nextLook && rules.target[destination] !== 0) return false
    const atLeast = evidence.samplesToReach(toFail, counts, unclassified)
    nextLook = samples + atLeast
    return atLeast === 0
  }

  function decide(destination: number): Decision | undefined {
    const replied = counts[destination] !== undefined
    if (!replied && logNoReplyEvidence(samples, unclassified) >= toMiss) return 'no-reply'
    if (unansweredEvidence.logEvidence({ counts, unclassified }) >= toName) return 'no-reply'
    if (offTargetNow(destination)) return 'off-target'
    if (open.length === 0 && order.logEvidence() < toDoubt) return 'pass'
    return undefined
  }

  /** How far an open flag has come, 1 where it latches. */
  function progress(one: OpenFlag): number {
    const { from, level } = one.rejection
    return Math.min(samples / from, level > 0 ? logRatio(one) / level : 1)
  }

  function closeness(): number {
    if (decision !== undefined) return 1
    const towardsPass = Math.min(1, ...open.map(progress))
    const towardsOffTarget = evidence.leastLogEvidence(counts, unclassified) / toFail
    const towardsNoReply = logNoReplyEvidence(samples, unclassified) / toMiss
    const towardsUnanswered = unansweredEvidence.logEvidence({ counts, unclassified }) / toName
    const towardsFail = Math.max(towardsOffTarget, towardsNoReply, towardsUnanswered || 0)
    return Math.min(1, Math.max(0, towardsPass, towardsFail))
  }

  return {
    observe(destination) {
      if (decision === undefined) {
        count(destination)
        decision = decide(destination)
      }
      return decision
    },
    standing: () => ({
      samples,
      unclassified,
      counts: [...counts],
      dependent: order.logEvidence() >= toDoubt,
      decision,
      closeness: closeness(),
    }),
  }
}

function openFlag({ flag, band, rejection, guardedAgainst }: PassTest): OpenFlag {
  const guard =
    guardedAgainst === undefined ? undefined : crossingGuard(flag, band.share, guardedAgainst)
  return { flag, rejection, guard }
}
