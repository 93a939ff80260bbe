import type { CheckHealth } from '../../src/split/check/check-rules.ts'
import type { Health } from '../../src/split/health/health.ts'
import type { HealthRules } from '../../src/split/health/health-rules.ts'

/** The part of 1 - confidence that health tests have at 99%. */
export const HEALTH_ALPHA = 0.0045

/** What a run without limits asks: whether a growing destination has a higher error rate than the others. */
export function comparisonOf(...growing: number[]): CheckHealth {
  return { growing, questions: [{ kind: 'compare' }], spanMs: 0, gapMs: 0, watchSeconds: 0 }
}

/** Rules at 99% confidence, by default those of a comparison of the destination at index 1. */
export function healthRulesFor(
  target: readonly number[],
  changes: Partial<HealthRules> = {},
): HealthRules {
  return { ...comparisonOf(1), target, alpha: HEALTH_ALPHA, beta: 0.01, ...changes }
}

/** The health of a check whose samples show nothing yet. */
export function someHealth(changes: Partial<Health> = {}): Health {
  return {
    tallies: [],
    unattributedErrors: 0,
    unattributed: 0,
    states: [],
    failed: undefined,
    nothingToCompare: [],
    ...changes,
  }
}

/** That a destination has a higher error rate than the others. */
export function worse(destination: number): Pick<Health, 'failed'> {
  return { failed: { question: { kind: 'compare' }, destination } }
}
