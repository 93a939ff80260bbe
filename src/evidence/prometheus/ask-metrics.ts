import { pause } from '../../kube/pause.ts'
import type { Answered } from './answer.ts'
import { type Found, judged, type Metric, type MetricResult, type NoValue } from './metric.ts'
import type { AskPrometheus } from './prometheus-client.ts'

/** One query to ask: a metric, or that of one destination. */
export type MetricQuestion = {
  metric: Metric
  destination: number | undefined
  /** The query as it is now: its window grows from one try to the next. */
  query: () => string
}

export type Asking = {
  ask: AskPrometheus
  when: MetricResult['when']
  /** Between one try and the next; as many tries, and one more. */
  pausesMs: readonly number[]
  /** Whether another try may give a number. */
  mayChange: (why: NoValue) => boolean
  /** Milliseconds since the write was answered, or since the check began without one. */
  atMs: () => number
}

/**
 * Asks all questions at the same time, each again until it has a number. New data needs a scrape, and a server may be
 * busy, so that no number at first says little.
 */
export function askMetrics(
  asking: Asking,
  questions: readonly MetricQuestion[],
  signal: AbortSignal,
): Promise<MetricResult[]> {
  return Promise.all(questions.map((question) => askOne(asking, question, signal)))
}

async function askOne(
  { ask, when, pausesMs, mayChange, atMs }: Asking,
  { metric, destination, query }: MetricQuestion,
  signal: AbortSignal,
): Promise<MetricResult> {
  let sent = query()
  let answered = await ask(sent, signal)
  let tries = 1
  for (const ms of pausesMs) {
    if (signal.aborted || answered.kind === 'value' || !mayChange(answered.why)) break
    await pause(ms, signal)
    if (signal.aborted) break
    sent = query()
    answered = await ask(sent, signal)
    tries += 1
  }
  const { name, bounds } = metric
  const found = foundIn(answered, metric)
  return { name, bounds, destination, query: sent, when, atMs: atMs(), tries, found }
}

function foundIn(answered: Answered, { bounds }: Metric): Found {
  return answered.kind === 'value' ? judged(answered.value, bounds) : answered
}
