import type { MetricResult, NoValue } from '../../evidence/prometheus/metric.ts'
import { shownServer } from '../../evidence/prometheus/server.ts'
import type { Code } from '../../problem/codes.ts'
import { type Problem, problem, warning } from '../../problem/problem.ts'
import type { Context } from '../model/context.ts'
import { growingIn, growthOf } from '../plan/growing.ts'
import type { ShiftPlan } from '../plan/shift-plan.ts'
import { adviceFor, metricName, queryCommand, whySentence } from './metric-words.ts'
import { queryMetrics } from './query-metrics.ts'

const PAUSES_MS = [1000]

/** A server that does not answer at once may be busy. That there is no data yet is fine. */
function mayChange(why: NoValue): boolean {
  return why.kind === 'unreachable' || (why.kind === 'status' && why.status >= 500)
}

/**
 * Asks for every metric before the write. What the server can never answer would only restore the weights after each step,
 * so it ends the run before. That there is no data yet is no problem.
 */
export async function findUnusableMetrics(
  context: Context,
  shiftPlan: ShiftPlan,
  signal: AbortSignal,
): Promise<Problem[]> {
  const { options, nowMs } = context
  if (options.metrics.length === 0) return []
  const pausesMs = context.metricPausesMs ?? PAUSES_MS
  const [first] = shiftPlan.checks
  const growing = first === undefined ? [] : growingIn(growthOf(options, shiftPlan), first)
  const startedMs = nowMs()
  const step = { shiftPlan, growing, startedMs, when: 'step', pausesMs, mayChange } as const
  const results = await queryMetrics(context, step, signal)
  if (signal.aborted) return []
  const found = results.flatMap((result) => problemOf(context, result, shiftPlan.edit.names))
  // A server that answers no query is one problem.
  return found.filter(({ what }, index) => index === found.findIndex((same) => same.what === what))
}

function problemOf(
  { options }: Pick<Context, 'options'>,
  { found, query, ...result }: MetricResult,
  names: readonly string[],
): Problem[] {
  if (found.kind !== 'no-value' || options.prometheus === undefined) return []
  const { why } = found
  const code = codeOf(why)
  if (code === undefined) return []
  const sentence = whySentence(why, shownServer(options.prometheus))
  const isOfQuery = code === 'ITS-METRIC-QUERY-INVALID' || code === 'ITS-METRIC-SEVERAL-SERIES'
  const what = isOfQuery
    ? `${metricName(result, names)} cannot be decided. ${sentence}`
    : `Metrics cannot be queried. ${sentence}`
  const remedy = `${adviceFor(why)}\n  ${queryCommand(options, query)}`
  // More series may be gone by the time that a step is confirmed.
  return [why.kind === 'several' ? warning(code, what, remedy) : problem(code, what, remedy)]
}

/** undefined: a later query may have a number. */
function codeOf(why: NoValue): Code | undefined {
  switch (why.kind) {
    case 'no-data':
    case 'not-finite':
    case 'incomplete':
      return undefined
    case 'several':
      return 'ITS-METRIC-SEVERAL-SERIES'
    case 'other-type':
    case 'refused':
      return 'ITS-METRIC-QUERY-INVALID'
    case 'access':
      return 'ITS-PROMETHEUS-ACCESS'
    case 'redirect':
    case 'status':
    case 'unexpected':
      return 'ITS-PROMETHEUS-UNEXPECTED-ANSWER'
    case 'unreachable':
      return 'ITS-PROMETHEUS-UNREACHABLE'
  }
}
