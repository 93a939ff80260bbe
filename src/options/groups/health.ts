import type { StatusRange } from '../../evidence/probe/expectation.ts'
import { type Given, option, PROBING } from '../option.ts'
import { parseNumber } from '../parse/number.ts'
import { parseQuantile, type Quantile } from '../parse/quantile.ts'
import { parseStatuses } from '../parse/status.ts'
import { booleanOr, duration } from '../parsers.ts'
import type { Reader } from '../reader.ts'
import { METRICS_OPTIONS } from './metrics.ts'

export const ERRORS = option<readonly StatusRange[]>({
  name: 'errors',
  type: 'list by comma of statuses, such as 5xx, 404 or UNAVAILABLE',
  placeholder: 'LIST',
  brief: 'Statuses that count as errors. Default: 5xx; with expect: stamp everything but 2xx.',
  text: 'Statuses of replies that count as errors. Default: 5xx; for gRPC UNAVAILABLE, INTERNAL, UNKNOWN, DATA_LOSS and DEADLINE_EXCEEDED; with expect: stamp everything but 2xx or OK.',
  modes: PROBING,
  shape: { number: { minimum: 100, maximum: 599, isInteger: true }, list: 'texts', text: true },
  parse: (given) =>
    parseStatuses(
      given,
      given.text.split(',').map((part) => part.trim()),
    ),
})

const COMPARE = option({
  name: 'compare',
  type: 'boolean',
  placeholder: 'true|false',
  default: 'true',
  text: 'Fail when a destination whose share grows has a higher error rate than the others.',
  modes: PROBING,
  parse: booleanOr<never>(),
})

export const MAX_ERRORS = option({
  name: 'max-errors',
  type: 'percent, more than 0 and less than 100',
  placeholder: 'PERCENT',
  brief:
    'Error rate in percent that each destination whose share grows must stay below, such as 1. A good choice is four times the rate that you expect.',
  text: 'Error rate in percent that each destination whose share grows must stay below, such as 1. The run passes only when enough samples show it. A good choice is four times the rate that you expect. verify: for subset, or else for each destination that has weight.',
  modes: PROBING,
  shape: { number: { exclusiveMinimum: 0, exclusiveMaximum: 100 } },
  parse: readRate,
})

export const MAX_LATENCY = option<Quantile>({
  name: 'max-latency',
  type: 'pNN=DURATION, such as p99=250ms',
  placeholder: 'pNN=TIME',
  brief:
    'Latency limit of each destination whose share grows. p99=250ms: fewer than 1% of its replies may take longer.',
  text: 'Latency limit of each destination whose share grows. p99=250ms: fewer than 1% of its replies may take longer than 250 ms. The run passes only when enough samples show it. An error or an unanswered sample counts as slow. verify: for subset, or else for each destination that has weight.',
  modes: PROBING,
  parse: parseQuantile,
})

export const HEALTH_SPAN = option({
  name: 'health-span',
  type: 'duration',
  placeholder: 'TIME',
  default: '60s',
  text: 'Minimum time over which samples are spread before max-errors or max-latency can pass, so that short outages are seen. 0s: no minimum.',
  modes: PROBING,
  parse: duration,
})

export const HEALTH_OPTIONS = {
  title: 'Health',
  options: [ERRORS, COMPARE, MAX_ERRORS, MAX_LATENCY, HEALTH_SPAN, ...METRICS_OPTIONS],
}

export type HealthOptions = {
  /** Statuses that count as errors; undefined: the default of the probe. */
  errors: readonly StatusRange[] | undefined
  compare: boolean
  /** A share, more than 0 and less than 1; undefined: no limit. */
  maxErrors: number | undefined
  maxLatency: Quantile | undefined
  /** 0 where there is no limit that could pass. */
  healthSpanMs: number
}

export function readHealth(reader: Reader): HealthOptions {
  const maxErrors = reader.optional(MAX_ERRORS)
  const maxLatency = reader.optional(MAX_LATENCY)
  const spanMs = reader.withDefault(HEALTH_SPAN)
  const hasLimit = reader.given(MAX_ERRORS) !== undefined || reader.given(MAX_LATENCY) !== undefined
  if (reader.isSet(HEALTH_SPAN) && !hasLimit)
    reader.refuse(
      HEALTH_SPAN.name,
      'ITS-INPUTS-CONFLICT',
      () => 'health-span is only used with max-errors or max-latency. Remove it, or set a limit.',
    )
  return {
    errors: reader.optional(ERRORS),
    compare: reader.withDefault(COMPARE),
    maxErrors,
    maxLatency,
    healthSpanMs: hasLimit ? spanMs : 0,
  }
}

function readRate({ text, mustBe }: Given): number | undefined {
  const percent = parseNumber(text)
  if (percent > 0 && percent < 100) return percent / 100
  const sign = text.endsWith('%') ? ', without a percent sign' : ''
  // That nothing ever fails cannot be shown by samples.
  return mustBe(`a percent greater than 0 and less than 100${sign}`)
}
