import type { MetricResult, NoValue } from '../../../evidence/prometheus/metric.ts'
import type { Check } from '../../../rollout/model/check.ts'
import { countText } from '../../../rollout/model/percents.ts'

/** The answer to one query, in words. */
export type MetricFact = {
  name: string
  /** Empty where the query names no destination. */
  destination: string
  when: string
  /** The number, or why there is none. */
  value: string
  /** `at most 0.25` */
  bounds: string
  /** undefined: no number, so nothing is decided. */
  within: boolean | undefined
  query: string
}

/** What the bounds of a metric do not say. */
export const METRICS_REMARK =
  'The bounds of metrics are thresholds: no confidence is stated for them.'

/** More results than these are not listed one by one. */
const KEPT = { first: 10, last: 10 }

/** The first and the last results of a check, and how many there are between them. */
export function keptMetrics({ metrics = [] }: Pick<Check, 'metrics'>): {
  kept: readonly MetricResult[]
  leftOut: number
} {
  const leftOut = Math.max(0, metrics.length - KEPT.first - KEPT.last)
  if (leftOut === 0) return { kept: metrics, leftOut }
  return { kept: [...metrics.slice(0, KEPT.first), ...metrics.slice(-KEPT.last)], leftOut }
}

export function metricsOf(check: Pick<Check, 'metrics' | 'names'>): MetricFact[] {
  return keptMetrics(check).kept.map((result) => metricFact(result, check.names))
}

export function metricFact(result: MetricResult, names: readonly string[]): MetricFact {
  const { name, destination, when, found, query } = result
  return {
    name,
    destination: destination === undefined ? '' : (names[destination] ?? ''),
    when: when === 'step' ? 'after the check' : 'after the interval',
    value: found.kind === 'no-value' ? noValueText(found.why) : numberText(found.value),
    bounds: boundsText(result),
    within: found.kind === 'no-value' ? undefined : found.kind === 'within',
    query,
  }
}

/** `Metric latency of v2: 0.18, at most 0.25.` */
export function metricLine(fact: MetricFact): string {
  const of = fact.destination === '' ? '' : ` of ${fact.destination}`
  return `Metric ${fact.name}${of}: ${fact.value} (${fact.bounds}), ${fact.when}.`
}

function boundsText({ bounds: { min, max } }: Pick<MetricResult, 'bounds'>): string {
  if (min !== undefined && max !== undefined) return `${numberText(min)} to ${numberText(max)}`
  if (min !== undefined) return `at least ${numberText(min)}`
  return max === undefined ? '' : `at most ${numberText(max)}`
}

/** With as many digits as are worth reading. */
function numberText(value: number): string {
  const shown = Number(value.toPrecision(4))
  const magnitude = Math.abs(shown)
  return magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e15)
    ? String(shown)
    : shown.toLocaleString('en-US', { maximumFractionDigits: 8 })
}

function noValueText(why: NoValue): string {
  switch (why.kind) {
    case 'no-data':
      return 'no data'
    case 'not-finite':
      return why.text
    case 'several':
      return `${countText(why.series)} series instead of one number`
    case 'other-type':
      return `a ${why.type} instead of one number`
    case 'incomplete':
      return `a part of the data may be missing: ${why.text}`
    case 'redirect':
      return `status ${why.status}, a redirect to ${why.to}`
    case 'refused':
      return `query refused (${why.status}): ${why.text}`
    case 'access':
      return `access denied (${why.status})`
    case 'status':
      return `status ${why.status}`
    case 'unexpected':
      return `no answer of a Prometheus API: ${why.text}`
    case 'unreachable':
      return `no answer: ${why.text}`
  }
}
