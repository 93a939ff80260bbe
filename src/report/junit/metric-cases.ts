import type { MetricResult } from '../../evidence/prometheus/metric.ts'
import type { Check } from '../../rollout/model/check.ts'
import { metricFact, metricLine } from '../facts/health/metrics.ts'
import { PASSED, type TestCase, type TestResult } from './test-case.ts'

/** The metrics of a check: one test for each metric and destination, by its last result. */
export function metricCases({ metrics = [], names }: Check, step: string): TestCase[] {
  const last = new Map<string, MetricResult>()
  for (const result of metrics) last.set(`${result.destination ?? ''} ${result.name}`, result)
  return [...last.values()].map((result) => {
    const { destination } = metricFact(result, names)
    const of = destination === '' ? '' : ` of ${destination}`
    return { name: `${step}: metric ${result.name}${of}`, result: resultOf(result, names) }
  })
}

function resultOf(result: MetricResult, names: readonly string[]): TestResult {
  const { found, query } = result
  if (found.kind === 'within') return PASSED
  const line = metricLine(metricFact(result, names))
  return { kind: 'failure', type: found.kind, message: line, text: `${line}\n${query}` }
}
