import type { TryRules } from './try-rules.ts'

/** Part of alpha that the off-target test may spend; the no-reply test has the other tenth. */
const OFF_TARGET_PART = 0.9

/** The logarithm of the evidence at which a try is off target. */
export function offTargetAt({ alpha, promises }: Pick<TryRules, 'alpha' | 'promises'>): number {
  return Math.log(promises / (OFF_TARGET_PART * alpha))
}

/** The logarithm of the evidence at which too many connections went without a reply. */
export function noReplyAt({ noReplyAlpha }: Pick<TryRules, 'noReplyAlpha'>): number {
  return Math.log(1 / noReplyAlpha)
}

/** The logarithm of the evidence of dependence from which on a pass is held back. */
export function dependentAt({ alpha }: Pick<TryRules, 'alpha'>): number {
  return Math.log(1 / alpha)
}
