import type { TryRules } from './try-rules.ts'

/** Part of alpha that the off-target test may spend; the two tests for missing replies share the other tenth. */
const OFF_TARGET_PART = 0.9

/** The logarithm of the evidence at which a try is off target. */
export function offTargetAt({ alpha, promises }: Pick<TryRules, 'alpha' | 'promises'>): number {
  return Math.log(promises / (OFF_TARGET_PART * alpha))
}

/** The logarithm of the evidence at which too many connections went without a reply. */
export function noReplyAt({ noReplyAlpha }: Pick<TryRules, 'noReplyAlpha'>): number {
  return Math.log(1 / noReplyAlpha)
}

/** The logarithm of the evidence at which a small destination does not answer. */
export function silentAt({ silentAlpha }: Pick<TryRules, 'silentAlpha'>): number {
  return silentAlpha === undefined ? Number.POSITIVE_INFINITY : Math.log(1 / silentAlpha)
}

/** The logarithm of the evidence of dependence from which on a pass is held back. */
export function dependentAt({ alpha }: Pick<TryRules, 'alpha'>): number {
  return Math.log(1 / alpha)
}
