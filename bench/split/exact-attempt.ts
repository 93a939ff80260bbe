import { judgedCutOffs, type PlainRules, testsFromTheStart } from './cut-offs.ts'
import { type ExactAttempt, type Stop, walk } from './exact-walk.ts'

export type { PlainRules } from './cut-offs.ts'
export type { ExactAttempt } from './exact-walk.ts'

/**
 * Exact distribution of the outcome of one attempt between two destinations, where samples are independent
 * and all are classified. The tests of dependence and of lost replies are left out: the one holds a pass
 * back in at most alpha of the attempts, the other has no say where every connection gets a reply.
 *
 * @param truth the first destination's true share
 */
export function exactAttempt(rules: PlainRules, truth: number, stop: Stop = {}): ExactAttempt {
  return walk(judgedCutOffs(rules), truth, stop)
}

/** The same for margin tests that look from the first sample on, which is what the delayed start is compared with. */
export function exactAttemptFromFirstSample(
  rules: PlainRules,
  truth: number,
  stop: Stop = {},
): ExactAttempt {
  return walk(judgedCutOffs(rules, testsFromTheStart(rules)), truth, stop)
}
