import type { MetricResult } from '../../evidence/prometheus/metric.ts'
import { shownServer } from '../../evidence/prometheus/server.ts'
import { type Problem, problem } from '../../problem/problem.ts'
import type { Context } from '../model/context.ts'
import { adviceFor, beyondText, metricName, queryCommand, whySentence } from './metric-words.ts'

type Asked = Pick<Context, 'options'>

/** Metrics that are out of bounds, each as a problem that ends the run. */
export function outOfBounds(
  { options }: Asked,
  results: readonly MetricResult[],
  names: readonly string[],
): Problem[] {
  return results.flatMap((result) => {
    if (result.found.kind !== 'out-of-bounds') return []
    const what = `${metricName(result, names)} is ${beyondText(result.found.value, result.bounds)}, ${timeText(result)}.`
    const command = queryCommand(options, result.query)
    return problem(
      'ITS-METRIC-OUT-OF-BOUNDS',
      what,
      `Find out why, then run it again. To query the current value:\n  ${command}`,
    )
  })
}

/** Metrics without a number, each as a problem that ends the run: no data is never a pass. */
export function withoutValue(
  { options }: Asked,
  results: readonly MetricResult[],
  names: readonly string[],
): Problem[] {
  const { prometheus } = options
  return results.flatMap(({ found, ...result }) => {
    if (found.kind !== 'no-value' || prometheus === undefined) return []
    const many = result.tries === 1 ? '1 try' : `${result.tries} tries`
    const what = `${metricName(result, names)} is undecided after ${many}, ${timeText(result)}. ${whySentence(found.why, shownServer(prometheus))}`
    const command = queryCommand(options, result.query)
    return problem('ITS-METRIC-NO-VALUE', what, `${adviceFor(found.why)}\n  ${command}`)
  })
}

function timeText({ when, atMs }: Pick<MetricResult, 'when' | 'atMs'>): string {
  const seconds = Math.round(atMs / 1000)
  const after = `${seconds.toLocaleString('en-US')} s after the step began`
  return when === 'step' ? after : `${after}, at the end of step-interval`
}
