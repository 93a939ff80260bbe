import type { Judge, JudgeKind } from '../judge/judge.ts'
import type { JudgeRules } from '../judge/judge-rules.ts'
import { judgeCounts } from './judge-counts.ts'

/** Whether each destination gets its share of what the proxies count. */
export const countsJudge: JudgeKind = {
  question: 'Does each destination get its share of what the proxies count?',
  needs: new Set(['proxy']),
  start: startCountsJudge,
}

function startCountsJudge(rules: JudgeRules): Judge {
  const attempt = judgeCounts(rules)
  return {
    // Own samples beside the counters are among what these count.
    observe: (sample) =>
      sample.kind === 'counts' ? attempt.observe(sample) : attempt.standing().decision,
    state() {
      const { decision, closeness, dependent, isClose } = attempt.standing()
      const heldBackBy = dependent ? 'dependence' : isClose ? 'batches' : undefined
      return { decision, closeness, heldBackBy: decision === 'pass' ? undefined : heldBackBy }
    },
  }
}
