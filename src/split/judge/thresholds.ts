import type { JudgeRules } from './judge-rules.ts'

/** Part of alpha that the off-target test may spend; the two tests for missing replies share the other tenth. */
const OFF_TARGET_PART = 0.9

/** The logarithm of the evidence at which a try is off target. */
export function offTargetAt({
  alpha,
  hypotheses,
}: Pick<JudgeRules, 'alpha' | 'hypotheses'>): number {
  return Math.log(hypotheses / (OFF_TARGET_PART * alpha))
}

/** The logarithm of the evidence at which too many connections went without a reply. */
export function noReplyAt({ noReplyAlpha }: Pick<JudgeRules, 'noReplyAlpha'>): number {
  return Math.log(1 / noReplyAlpha)
}

/** The logarithm of the evidence at which a small destination does not answer. */
export function unansweredAt({ unansweredAlpha }: Pick<JudgeRules, 'unansweredAlpha'>): number {
  return unansweredAlpha === undefined ? Number.POSITIVE_INFINITY : Math.log(1 / unansweredAlpha)
}

/** The logarithm of the evidence of dependence from which on a pass is held back. */
export function dependentAt({ alpha }: Pick<JudgeRules, 'alpha'>): number {
  return Math.log(1 / alpha)
}
