import type { RequestHeader } from '../../evidence/probe/http/http-probe-settings.ts'
import type { Metric } from '../../evidence/prometheus/metric.ts'
import type { PrometheusServer } from '../../evidence/prometheus/server.ts'
import { option } from '../option.ts'
import { readHeaders } from '../parse/headers.ts'
import { parseMetrics } from '../parse/metrics.ts'
import { parseServerUrl } from '../parse/server-url.ts'
import type { Reader } from '../reader.ts'

const PROMETHEUS = option<string>({
  name: 'prometheus',
  type: 'URL',
  placeholder: 'URL',
  text: 'Address of a server with the HTTP API of Prometheus. metrics are queried from it.',
  parse: parseServerUrl,
})

const PROMETHEUS_HEADERS = option<readonly RequestHeader[]>({
  name: 'prometheus-headers',
  type: 'YAML mapping, header: value',
  placeholder: 'YAML',
  text: 'Headers of each request to prometheus, such as authorization. Their values are masked.',
  shape: { mapping: 'texts' },
  parse: (given) =>
    readHeaders(given, { code: 'ITS-PROMETHEUS-HEADERS-INVALID', notOwn: OF_CLIENT }),
})

export const METRICS = option<readonly Metric[]>({
  name: 'metrics',
  type: 'YAML list of {name, query, min, max}',
  placeholder: 'YAML',
  brief:
    'Queries in PromQL. Each must give one number within its bounds after every step and at the end of step-interval.',
  text: 'Queries in PromQL. Each must give one number from `min` to `max` after every step and at the end of `step-interval`. Placeholders: `{{namespace}}`, `{{object}}`, `{{destination}}`, `{{host}}` and `{{window}}`: [metrics.md](docs/metrics.md).',
  shape: { list: 'mappings' },
  parse: parseMetrics,
})

/** What the client sets by itself. */
const OF_CLIENT: Readonly<Record<string, string>> = {
  accept: 'Answers are always JSON.',
  'accept-encoding': 'Answers are not compressed.',
  connection: 'The tool sets it.',
  'content-length': 'The tool sets it.',
  'content-type': 'The tool sets it.',
  expect: 'Requests are too small for it.',
  host: 'Use prometheus.',
  'transfer-encoding': 'The tool sets it.',
  upgrade: 'Requests use HTTP/1.1.',
}

/** In the order in which people read about them. */
export const METRICS_OPTIONS = [METRICS, PROMETHEUS, PROMETHEUS_HEADERS]

export type MetricsOptions = {
  /** undefined: no metrics are queried. */
  prometheus: PrometheusServer | undefined
  metrics: readonly Metric[]
}

export function readMetrics(reader: Reader): MetricsOptions {
  const url = reader.optional(PROMETHEUS)
  const headers = reader.optional(PROMETHEUS_HEADERS) ?? []
  const metrics = reader.optional(METRICS) ?? []
  const has = (given: { name: string }) => reader.given(given as typeof METRICS) !== undefined
  if (has(METRICS) && !has(PROMETHEUS)) reader.missing(PROMETHEUS, 'metrics are queried from it.')
  if (has(PROMETHEUS) && !has(METRICS))
    reader.missing(METRICS, 'Without queries, prometheus is not used.')
  if (has(PROMETHEUS_HEADERS) && !has(PROMETHEUS) && !has(METRICS))
    reader.refuse(
      PROMETHEUS_HEADERS.name,
      'ITS-INPUTS-CONFLICT',
      () => 'prometheus-headers is only used with prometheus. Remove it, or set prometheus.',
    )
  return { prometheus: url === undefined ? undefined : { url, headers }, metrics }
}
