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

/** A sample without a known destination. It counts against every decision but `no-reply`. */
export const UNCLASSIFIED = -1

export type Standing = {
  /** Samples judged, the unclassified ones included. */
  samples: number
  unclassified: number
  /** Samples by destination. */
  counts: readonly number[]
  /** The samples depend so much on each other that a pass is held back. */
  dependent: boolean
  decision: Decision | undefined
  /** 0 to 1: how far the evidence has come to the decision nearest to it; 1 when decided. */
  closeness: number
}

export type Attempt = {
  /**
   * Takes the next sample: the index of its destination, or `UNCLASSIFIED`. Returns the decision once there is one; later
   * samples are not counted and do not change it.
   *
   * @param stream which of several clients took it
   */
  observe(destination: number, stream?: number): Decision | undefined
  standing(): Standing
}

type OpenTest = Pick<PassTest, 'test' | 'rejection'> & { guard: CrossingGuard | undefined }

/**
 * Judges one attempt sample by sample, in constant memory. It passes when every margin test has rejected, and fails when
 * the target itself is rejected, or when too many connections go without a reply.
 */
export function judgeAttempt(rules: JudgeRules): Attempt {
  const bands = bandsOf(rules.target, rules.tolerance)
  const offTargetLevel = offTargetAt(rules)
  const noReplyLevel = noReplyAt(rules)
  const unansweredLevel = unansweredAt(rules)
  const unansweredEvidence = unansweredTest(
    unansweredLevel < Number.POSITIVE_INFINITY ? rules.target : [],
  )
  const dependenceLevel = dependentAt(rules)
  const evidence = offTarget(bands, rules.old)
  const order = dependence(bands.length)
  const counts = bands.map(() => 0)
  const old = rules.guardCrossing ? rules.old : undefined
  const open = passTests(bands, rules.beta, old).map(openTest)
  let samples = 0
  let unclassified = 0
  let nextEvaluation = 0
  let decision: Decision | undefined

  function logRatio({ test, guard }: OpenTest): number {
    if (guard !== undefined) return guard.logRatio()
    const hits = counts[test.destination] ?? 0
    return test.logRatio(samples, test.side === 'upper' ? hits + unclassified : hits)
  }

  function count(destination: number, stream: number): void {
    samples += 1
    const seen = counts[destination]
    if (seen === undefined) {
      unclassified += 1
    } else {
      counts[destination] = seen + 1
      order.observe(destination, stream)
    }
    for (let i = open.length - 1; i >= 0; i--) {
      const one = open[i]
      if (one === undefined) continue
      if (seen === undefined) one.guard?.observe('unclassified')
      else one.guard?.observe(one.test.destination === destination ? 'hit' : 'miss')
      if (samples >= one.rejection.from && logRatio(one) >= one.rejection.level) open.splice(i, 1)
    }
  }

  function offTargetNow(destination: number): boolean {
    if (samples < nextEvaluation && rules.target[destination] !== 0) return false
    const atLeast = evidence.samplesToReach(offTargetLevel, counts, unclassified)
    nextEvaluation = samples + atLeast
    return atLeast === 0
  }

  function decide(destination: number): Decision | undefined {
    const replied = counts[destination] !== undefined
    if (!replied && logNoReplyEvidence(samples, unclassified) >= noReplyLevel) return 'no-reply'
    if (unansweredEvidence.logEvidence({ counts, unclassified }) >= unansweredLevel)
      return 'no-reply'
    if (offTargetNow(destination)) return 'off-target'
    if (open.length === 0 && order.logEvidence() < dependenceLevel) return 'pass'
    return undefined
  }

  /** How far an open margin test has come, 1 where it rejects. */
  function progress(one: OpenTest): number {
    const { from, level } = one.rejection
    return Math.min(samples / from, level > 0 ? logRatio(one) / level : 1)
  }

  function closeness(): number {
    if (decision !== undefined) return 1
    const towardsPass = Math.min(1, ...open.map(progress))
    const towardsOffTarget = evidence.leastLogEvidence(counts, unclassified) / offTargetLevel
    const towardsNoReply = logNoReplyEvidence(samples, unclassified) / noReplyLevel
    const towardsUnanswered =
      unansweredEvidence.logEvidence({ counts, unclassified }) / unansweredLevel
    const towardsFail = Math.max(towardsOffTarget, towardsNoReply, towardsUnanswered || 0)
    return Math.min(1, Math.max(0, towardsPass, towardsFail))
  }

  return {
    observe(destination, stream = 0) {
      if (decision === undefined) {
        count(destination, stream)
        decision = decide(destination)
      }
      return decision
    },
    standing: () => ({
      samples,
      unclassified,
      counts: [...counts],
      dependent: order.logEvidence() >= dependenceLevel,
      decision,
      closeness: closeness(),
    }),
  }
}

function openTest({ test, band, rejection, guardedAgainst }: PassTest): OpenTest {
  const guard =
    guardedAgainst === undefined ? undefined : crossingGuard(test, band.share, guardedAgainst)
  return { test, rejection, guard }
}
