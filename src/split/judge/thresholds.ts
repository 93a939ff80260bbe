import { HEALTH_PART } from '../health/health-rules.ts'
import type { JudgeRules } from './judge-rules.ts'

/** Part of alpha that the off-target test may spend. The two tests for missing replies share the other tenth. */
const OFF_TARGET_PART = 0.9

/** Part of what the split may spend, and the test for missing replies, that is for the watch after an attempt. */
export const WATCH_PART = 0.5

/** ln of the evidence at which an attempt is off target. */
export function offTargetAt({
  alpha,
  hypotheses,
  testsHealth = false,
  isWatched = false,
}: Pick<JudgeRules, 'alpha' | 'hypotheses' | 'testsHealth' | 'isWatched'>): number {
  const part = testsHealth ? OFF_TARGET_PART - HEALTH_PART : OFF_TARGET_PART
  const own = isWatched ? (1 - WATCH_PART) * part : part
  return Math.log(hypotheses / (own * alpha))
}

/** ln of the evidence at which too many connections went without a reply. */
export function noReplyAt({ noReplyAlpha }: Pick<JudgeRules, 'noReplyAlpha'>): number {
  return Math.log(1 / noReplyAlpha)
}

/** ln of the evidence at which a small destination does not answer. */
export function unansweredAt({ unansweredAlpha }: Pick<JudgeRules, 'unansweredAlpha'>): number {
  return unansweredAlpha === undefined ? Number.POSITIVE_INFINITY : Math.log(1 / unansweredAlpha)
}

/** ln of the evidence of dependence at which a pass is held back. */
export function dependentAt({ alpha }: Pick<JudgeRules, 'alpha'>): number {
  return Math.log(1 / alpha)
}
