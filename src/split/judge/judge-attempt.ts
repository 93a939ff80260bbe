import { unansweredTest } from '../diagnosis/unanswered-test.ts'
import { bandsOf } from './band.ts'
import { crossingGuard } from './crossing-guard.ts'
import { dependence } from './dependence.ts'
import type { Decision } from './judge.ts'
import type { JudgeRules } from './judge-rules.ts'
import { logNoReplyEvidence } from './no-reply.ts'
import { offTarget } from './off-target.ts'
import { openTests, type Tally } from './open-tests.ts'
import { dependentAt, noReplyAt, offTargetAt, unansweredAt } from './thresholds.ts'

/** A sample without a known destination. It counts against every decision but `no-reply`. */
export const UNCLASSIFIED = -1
/** One whose client was lost. It is unclassified, and says nothing of replies: it is no evidence for `no-reply`. */
export const CLIENT_LOST = -2

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
   * Takes the next sample: the index of its destination, `UNCLASSIFIED` or `CLIENT_LOST`. Returns the decision once there is
   * one; later samples are not counted and do not change it.
   *
   * @param stream which of several clients took it
   */
  observe(destination: number, stream?: number): Decision | undefined
  standing(): Standing
}

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
  const tally: Tally = { samples: 0, unclassified: 0, counts: bands.map(() => 0) }
  const { counts } = tally
  const margins = openTests(rules, bands, tally, crossingGuard)
  let clientLost = 0
  let nextEvaluation = 0
  let decision: Decision | undefined

  function count(destination: number, stream: number): void {
    tally.samples += 1
    const seen = counts[destination]
    if (seen === undefined) {
      tally.unclassified += 1
      if (destination === CLIENT_LOST) clientLost += 1
    } else {
      counts[destination] = seen + 1
      order.observe(destination, stream)
    }
    margins.observe((test) => {
      if (seen === undefined) return 'unclassified'
      return test.destination === destination ? 'hit' : 'miss'
    })
  }

  function offTargetNow(destination: number): boolean {
    if (tally.samples < nextEvaluation && rules.target[destination] !== 0) return false
    const atLeast = evidence.samplesToReach(offTargetLevel, counts, tally.unclassified)
    nextEvaluation = tally.samples + atLeast
    return atLeast === 0
  }

  function noReplyEvidence(): number {
    return logNoReplyEvidence(tally.samples - clientLost, tally.unclassified - clientLost)
  }

  function unansweredNow(): number {
    return unansweredEvidence.logEvidence({ counts, unclassified: tally.unclassified - clientLost })
  }

  function decide(destination: number): Decision | undefined {
    const replied = counts[destination] !== undefined
    if (!replied && noReplyEvidence() >= noReplyLevel) return 'no-reply'
    if (unansweredNow() >= unansweredLevel) return 'no-reply'
    if (offTargetNow(destination)) return 'off-target'
    if (margins.areAllRejected() && order.logEvidence() < dependenceLevel) return 'pass'
    return undefined
  }

  function closeness(): number {
    if (decision !== undefined) return 1
    const towardsOffTarget = evidence.leastLogEvidence(counts, tally.unclassified) / offTargetLevel
    const towardsNoReply = noReplyEvidence() / noReplyLevel
    const towardsUnanswered = unansweredNow() / unansweredLevel
    const towardsFail = Math.max(towardsOffTarget, towardsNoReply, towardsUnanswered || 0)
    return Math.min(1, Math.max(0, margins.progress(), towardsFail))
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
      samples: tally.samples,
      unclassified: tally.unclassified,
      counts: [...counts],
      dependent: order.logEvidence() >= dependenceLevel,
      decision,
      closeness: closeness(),
    }),
  }
}
