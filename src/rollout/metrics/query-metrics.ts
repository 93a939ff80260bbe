import { askMetrics, type MetricQuestion } from '../../evidence/prometheus/ask-metrics.ts'
import type { MetricResult, MetricTime, NoValue } from '../../evidence/prometheus/metric.ts'
import { prometheusClient } from '../../evidence/prometheus/prometheus-client.ts'
import { filled, namesDestination, type Values } from '../../evidence/prometheus/template.ts'
import type { Context } from '../model/context.ts'
import type { ShiftPlan } from '../plan/shift-plan.ts'

/** Which step of a run metrics are of. */
export type MetricStep = {
  shiftPlan: Pick<ShiftPlan, 'object' | 'rule' | 'edit'>
  /** Indices of the destinations whose share grows. */
  growing: readonly number[]
  /** When the write was answered, or the check began without one, by the run's clock. */
  startedMs: number
  when: MetricTime
  pausesMs: readonly number[]
  mayChange: (why: NoValue) => boolean
}

/** A window of less than two scrapes has no rate. */
const SHORTEST_WINDOW_SECONDS = 30

/** Asks for every metric. None where the inputs name no metrics, and where the run's time ends meanwhile what is known. */
export async function queryMetrics(
  { options, redact, nowMs }: Pick<Context, 'options' | 'redact' | 'nowMs'>,
  step: MetricStep,
  signal: AbortSignal,
): Promise<readonly MetricResult[]> {
  const { prometheus } = options
  if (prometheus === undefined) return []
  const atMs = () => nowMs() - step.startedMs
  const asking = {
    ask: prometheusClient(prometheus, redact),
    when: step.when,
    pausesMs: step.pausesMs,
    mayChange: step.mayChange,
    atMs,
  }
  return askMetrics(asking, questionsOf(options, step, atMs), signal)
}

/** One question for each metric, or for each growing destination where the query names one. */
function questionsOf(
  { metrics, object }: Pick<Context['options'], 'metrics' | 'object'>,
  { shiftPlan, growing }: MetricStep,
  atMs: () => number,
): MetricQuestion[] {
  const values = (destination: number | undefined): Values => ({
    namespace: object.namespace,
    object: object.name,
    destination: destination === undefined ? '' : (shiftPlan.edit.names[destination] ?? ''),
    host: destination === undefined ? '' : hostOf(shiftPlan, destination),
    window: `${Math.max(SHORTEST_WINDOW_SECONDS, Math.ceil(atMs() / 1000))}s`,
  })
  return metrics.flatMap((metric) => {
    const destinations = namesDestination(metric.query) ? growing : [undefined]
    return destinations.map((destination) => ({
      metric,
      destination,
      query: () => filled(metric.query, values(destination)),
    }))
  })
}

/** The full name of a destination's Service, as Istio's metrics have it; of what is no Service, the host as written. */
function hostOf({ object, rule, edit }: MetricStep['shiftPlan'], destination: number): string {
  const { host = '' } = edit.destinations[destination] ?? {}
  const service = rule.format.serviceOf({ host }, object.namespace)
  return service === undefined ? host : `${service.name}.${service.namespace}.svc.cluster.local`
}
