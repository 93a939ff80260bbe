import type { MetricTime, NoValue } from '../../evidence/prometheus/metric.ts'
import { RunError } from '../../problem/run-error.ts'
import type { Context } from '../model/context.ts'
import { growingIn, growthOf } from '../plan/growing.ts'
import type { Advance, CheckingState, WrittenState } from '../run-state.ts'
import { stopIfOver } from '../write-step.ts'
import { outOfBounds, withoutValue } from './metric-problems.ts'
import { queryMetrics } from './query-metrics.ts'

/** Between the tries for a number: long enough for a scrape, which is due every 15 to 30 s with most servers. */
const PAUSES_MS = [10_000, 20_000]

/** A query with an error of its own has it the next time too. Only a status of 400 says so for certain. */
function mayChange(why: NoValue): boolean {
  return why.kind !== 'refused' || why.status !== 400
}

/**
 * Queries the metrics of the step that was confirmed last, and records what they show. Throws where one is out of bounds,
 * or has no number. After a step that an interval follows they are asked for again at its end, so that no data decides
 * nothing yet.
 */
export async function confirmMetrics<State extends CheckingState | WrittenState>(
  context: Context,
  { state, advance }: { state: State; advance: Advance },
  when: MetricTime,
  signal: AbortSignal,
): Promise<State> {
  const check = state.checks.at(-1)
  if (check === undefined || context.options.metrics.length === 0) return state
  const { shiftPlan, stepMs: startedMs } = state
  const growing = growingIn(growthOf(context.options, shiftPlan), check)
  const isLast = state.checks.length === shiftPlan.checks.length
  const isAskedAgain = when === 'step' && !isLast && context.options.stepIntervalMs > 0
  const pausesMs = isAskedAgain ? [] : (context.metricPausesMs ?? PAUSES_MS)
  const step = { shiftPlan, growing, startedMs, when, pausesMs, mayChange }
  const results = await queryMetrics(context, step, signal)
  const measured = { ...check, metrics: [...(check.metrics ?? []), ...results] }
  const next = advance({ ...state, checks: [...state.checks.slice(0, -1), measured] })
  context.emit({ kind: 'metrics', check: measured, results })
  const beyond = outOfBounds(context, results, check.names)
  // A number that is out of bounds says more than that time was up for another one.
  if (beyond.length === 0 || context.cancelled.aborted)
    stopIfOver(context, signal, 'while metrics were queried')
  const problems = [...beyond, ...(isAskedAgain ? [] : withoutValue(context, results, check.names))]
  const error = RunError.ofAll(problems)
  if (error) throw error
  return next
}
