import type { Judge, JudgeKind } from './judge.ts'
import { CLIENT_LOST, judgeAttempt, UNCLASSIFIED } from './judge-attempt.ts'
import type { JudgeRules } from './judge-rules.ts'

/** Whether each destination gets its share of the samples, and whether they are answered. */
export const splitJudge: JudgeKind = {
  question: 'Does each destination get its share?',
  needs: new Set(['order']),
  start: startSplitJudge,
}

function startSplitJudge(rules: JudgeRules): Judge {
  const attempt = judgeAttempt(rules)
  return {
    observe(sample) {
      // Counts have no order, so a source of counts is never combined with this judge.
      if (sample.kind === 'counts') throw new RangeError('The split judge needs single samples.')
      const unknown = sample.clientLost ? CLIENT_LOST : UNCLASSIFIED
      return attempt.observe(sample.destination ?? unknown, sample.stream)
    },
    state() {
      const { decision, closeness, dependent } = attempt.standing()
      return { decision, closeness, heldBackBy: dependent ? 'dependence' : undefined }
    },
  }
}
