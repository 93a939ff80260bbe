import type { Decision, Judge, JudgeKind } from '../judge/judge.ts'
import type { JudgeRules } from '../judge/judge-rules.ts'
import { logNoReplyEvidence } from '../judge/no-reply.ts'
import { noReplyAt } from '../judge/thresholds.ts'
import type { OwnCounts, Sample } from '../sample.ts'
import { judgeCounts } from './judge-counts.ts'

/** Whether each destination gets its share of what the proxies count. */
export const countsJudge: JudgeKind = {
  question: 'Does each destination get its share of what the proxies count?',
  needs: new Set(['proxy']),
  start: startCountsJudge,
}

function startCountsJudge(rules: JudgeRules): Judge {
  const attempt = judgeCounts(rules)
  const loses = ownLosses(rules)
  let decision: Decision | undefined
  return {
    observe(sample: Sample) {
      if (decision !== undefined || sample.kind !== 'counts') return decision
      const isLost = sample.own !== undefined && loses(sample.own)
      const bySplit = attempt.observe(sample)
      decision = isLost ? 'no-reply' : bySplit
      return decision
    },
    state() {
      const { closeness: bySplit, dependent, isClose } = attempt.standing()
      const closeness = decision === undefined ? bySplit : 1
      const heldBackBy = dependent ? 'dependence' : isClose ? 'batches' : undefined
      return { decision, closeness, heldBackBy: decision === 'pass' ? undefined : heldBackBy }
    },
  }
}

/**
 * Whether too many of this run's connections go unanswered. They are tested apart from the split: a connection that a gateway
 * refuses is in no counter, and one that a destination resets is.
 */
function ownLosses(rules: JudgeRules): (more: OwnCounts) => boolean {
  let samples = 0
  let unanswered = 0
  return (more) => {
    samples += more.answered + more.unanswered
    unanswered += more.unanswered
    return logNoReplyEvidence(samples, unanswered) >= noReplyAt(rules)
  }
}
