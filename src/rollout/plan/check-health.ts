import type { Options } from '../../options/options.ts'
import type { CheckHealth } from '../../split/check/check-rules.ts'
import type { HealthQuestion } from '../../split/health/health-rules.ts'
import type { Detail } from '../../split/sample.ts'
import type { Check } from '../model/check.ts'
import { type Growth, growingIn } from './growing.ts'
import { limitCost } from './limit-cost.ts'

/** The inputs that say what is asked of the health of destinations. */
export type HealthAsked = Pick<
  Options,
  'compare' | 'maxErrors' | 'maxLatency' | 'healthSpanMs' | 'stepIntervalMs' | 'confidencePercent'
>

/**
 * What a check asks of the health of destinations; undefined where nothing is asked, and errors cannot be seen. Without a
 * question, each destination still has to have a success.
 *
 * @param isLast no interval follows the last weights, so that they are not watched
 */
export function checkHealth(
  asked: HealthAsked,
  growth: Growth,
  check: Pick<Check, 'target' | 'old'>,
  { details, isLast }: { details: ReadonlySet<Detail>; isLast: boolean },
): CheckHealth | undefined {
  const seesErrors = details.has('errors')
  const questions = questionsOf(asked, seesErrors)
  const watchSeconds = isLast ? 0 : asked.stepIntervalMs / 1000
  if (!seesErrors && questions.length === 0 && watchSeconds === 0) return undefined
  const growing = growingIn(growth, check)
  const spanMs = asked.healthSpanMs
  const cost = limitCost(asked, check, { questions, growing })
  const gapMs = cost === undefined ? 0 : spanMs / cost.quarter
  return { growing, questions, spanMs, gapMs, watchSeconds }
}

/** The questions that the inputs ask. Errors that samples do not show are not asked about. */
export function questionsOf(
  { compare, maxErrors, maxLatency }: HealthAsked,
  seesErrors: boolean,
): HealthQuestion[] {
  return [
    ...(compare && seesErrors ? [{ kind: 'compare' } as const] : []),
    ...(maxErrors === undefined ? [] : [{ kind: 'max-errors', limit: maxErrors } as const]),
    ...(maxLatency === undefined
      ? []
      : [{ kind: 'max-latency', limit: rest(maxLatency.share), overMs: maxLatency.ms } as const]),
  ]
}

/** 1 - 0.99 is a little more than 0.01. */
function rest(share: number): number {
  return Number((1 - share).toPrecision(12))
}
