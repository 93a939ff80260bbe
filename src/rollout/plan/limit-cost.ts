import type { Options } from '../../options/options.ts'
import { type HealthQuestion, isLimit } from '../../split/health/health-rules.ts'
import { spentShare } from '../../split/judge/error-spending.ts'
import { knownLimitPlan } from '../../split/plan/plan-health.ts'
import type { Check, LimitCost } from '../model/check.ts'

/** What the limits of a check take; undefined where it has none. The dearest of them decides, since all are tested by the same samples. */
export function limitCost(
  asked: Pick<Options, 'confidencePercent' | 'healthSpanMs'>,
  { target, old }: Pick<Check, 'target' | 'old'>,
  { questions, growing }: { questions: readonly HealthQuestion[]; growing: readonly number[] },
): LimitCost | undefined {
  const limits = questions.filter(isLimit)
  if (limits.length === 0 || growing.length === 0) return undefined
  const error = passError(asked, old)
  const least = Math.min(...growing.map((index) => target[index] ?? 1))
  const plans = limits.map(({ limit }) => knownLimitPlan(limit, error))
  const dearest = (samples: readonly number[]) => Math.max(...samples) / least
  return {
    none: dearest(plans.map(({ mean }) => mean.none)),
    tenth: dearest(plans.map(({ mean }) => mean.tenth)),
    quarter: dearest(plans.map(({ mean }) => mean.quarter)),
    most: dearest(plans.map(({ p999 }) => p999)),
    spanMs: asked.healthSpanMs,
  }
}

/** The chance that a rate at a limit passes in the first attempt of a check. */
export function passError(
  { confidencePercent }: Pick<Options, 'confidencePercent'>,
  old: Check['old'],
): number {
  const place = old === undefined ? 'only' : 'early'
  return ((100 - confidencePercent) / 100) * spentShare(1, place)
}
