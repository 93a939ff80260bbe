import type { HealthMonitor } from '../health/health-monitor.ts'
import { isLimit } from '../health/health-rules.ts'
import { knownLimitPlan } from '../plan/plan-health.ts'
import type { AttemptState } from './attempt.ts'
import type { CheckRules } from './check-rules.ts'
import { errorShare } from './error-share.ts'

/** More samples than are meant to count, so that hardly a stretch of time is without one. */
const SURPLUS = 1.25

/** How many samples may follow a confirmed split until its limits are decided. */
export type SettleLimit = {
  /** As many as the source can, where it is undefined. */
  samplesPerSecond: number | undefined
  most(): number
  count(samples: number): void
  isReached(): boolean
}

/**
 * A given number is for an attempt and what follows it together. With `auto` the limit is what 99.9% of destinations with a
 * quarter of the rate that a limit allows need, and as long as nothing but time is missing, there is none.
 */
export function settleLimit(
  rules: CheckRules,
  state: AttemptState,
  health: Pick<HealthMonitor, 'chosen' | 'lacksOnlySpan'>,
): SettleLimit {
  const {
    samples: given,
    alpha,
    target,
    health: { questions = [], growing = [], gapMs = 0, spanMs = 0 } = {},
  } = rules
  let taken = 0
  let auto: number | undefined
  const planned = () => {
    const error = alpha * errorShare(state)
    const all = questions
      .filter(isLimit)
      .flatMap(({ limit }) =>
        growing.map((index) => knownLimitPlan(limit, error).p999 / (target[index] ?? 1)),
      )
    return Math.ceil(Math.max(0, ...all))
  }
  return {
    samplesPerSecond: spanMs > 0 && gapMs > 0 ? (SURPLUS * 1000) / gapMs : undefined,
    most: () => (given === 'auto' ? Number.POSITIVE_INFINITY : Math.max(0, given - state.samples)),
    count(samples) {
      taken += samples
    },
    isReached() {
      if (given !== 'auto') return state.samples + taken >= given
      auto ??= planned()
      return health.chosen() >= auto && !health.lacksOnlySpan()
    },
  }
}
