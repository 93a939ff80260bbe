import type { JudgeRules } from '../judge/judge-rules.ts'
import { knownPlan } from '../plan/known-plan.ts'
import type { CheckRules } from './check-rules.ts'
import type { AttemptPlace } from './error-share.ts'

/** How many samples an attempt may take. */
export type AttemptLimit = {
  most(): number
  isReached(samples: number): boolean
}

/** Users decide how many samples proxies count, and how soon: only a given number limits them. */
const UNLIMITED: AttemptLimit = { most: () => Number.POSITIVE_INFINITY, isReached: () => false }

/**
 * With `auto` the limit is what this attempt, with its own share of the error, needs in 99.9% of cases. That is never
 * less than the planned limit of the first attempt, so it is computed only for an attempt that gets so far.
 */
export function attemptLimit(
  rules: CheckRules,
  attempt: JudgeRules,
  { number, place, part, ofCounts }: AttemptPlace & { ofCounts: boolean },
): AttemptLimit {
  if (ofCounts && rules.samples === 'auto') return UNLIMITED
  const { samples: given, plannedLimit, old } = rules
  const isFirst = place === 'only' || (place === 'early' && number === 1 && old !== undefined)
  const isPlanned = isFirst && part !== 'reserve'
  let limit = given === 'auto' ? plannedLimit : given
  let isExact = given !== 'auto' || isPlanned
  return {
    most: () => limit,
    isReached(samples) {
      if (samples < limit) return false
      if (!isExact) limit = Math.max(limit, knownPlan(attempt).p999)
      isExact = true
      return samples >= limit
    },
  }
}
