import type { EvidenceSource, Sampling } from '../../evidence/evidence-source.ts'
import type { ProbeSample } from '../../evidence/probe/probe-sample.ts'
import type { ReplyCounts } from '../../split/judge/unanswered-destinations.ts'
import type { Context } from '../model/context.ts'
import type { RunEvent } from '../model/events.ts'
import {
  connectionsOf,
  FIRST_CONNECTIONS,
  isEnough,
  longestSamplingMs,
  type SamplingTask,
} from './preflight-sampling.ts'

const PROGRESS_EVERY_MS = 500

/**
 * Opens connections until they say enough. After the first ones it has a time limit: then no more are opened,
 * and those in flight are waited for, as a destination that never answers shows only when they time out.
 */
export function sampleBeforeWrite(
  context: Context,
  source: EvidenceSource<ProbeSample>,
  order: SamplingTask,
  signal: AbortSignal,
): Promise<ProbeSample[]> {
  const samples: ProbeSample[] = []
  const longestMs = longestSamplingMs(context.options.timeoutMs)
  let limits = 0
  let timedOut = false
  return new Promise((resolve) => {
    let sampling: Sampling | undefined
    let over = false
    let timer: NodeJS.Timeout | undefined
    const reporting = setInterval(
      () => context.emit({ kind: 'preflight-progress', samples: samples.length }),
      PROGRESS_EVERY_MS,
    )
    const finish = () => {
      sampling?.stop()
      clearInterval(reporting)
      clearTimeout(timer)
      over = true
      signal.removeEventListener('abort', finish)
      resolve(samples)
    }
    const onTimer = () => {
      timedOut = true
      if (samples.length === sampling?.launched()) finish()
    }
    const budget = {
      concurrency: FIRST_CONNECTIONS,
      most: () => (timedOut ? 0 : mostSoFar(answeredBy(samples, order.shares.length), order)),
    }
    sampling = source.start(budget, (sample) => {
      samples.push(sample)
      if (sample.classified.kind === 'client-limit') limits += 1
      const made = samples.length - limits
      if (made >= FIRST_CONNECTIONS) timer ??= setTimeout(onTimer, longestMs)
      const ended = timedOut && samples.length === sampling?.launched()
      const unopened = limits >= FIRST_CONNECTIONS
      if (ended || unopened || isEnough(answeredBy(samples, order.shares.length), order)) finish()
    })
    if (over) sampling.stop()
    else if (signal.aborted) finish()
    else signal.addEventListener('abort', finish)
  })
}

/** No more than the first ones as long as these may be enough. */
function mostSoFar(answered: ReplyCounts, { most }: SamplingTask): number {
  return connectionsOf(answered) < FIRST_CONNECTIONS ? FIRST_CONNECTIONS : most
}

/**
 * How many connections each destination answered, and how many none did. Those that this machine could not open do not
 * count. A success without a stamp counts for the only destination that is asked about before the first write.
 */
export function answeredBy(samples: readonly ProbeSample[], destinations: number): ReplyCounts {
  const counts = Array<number>(destinations).fill(0)
  let unclassified = 0
  for (const { classified, error } of samples) {
    if (classified.kind === 'destination')
      counts[classified.index] = (counts[classified.index] ?? 0) + 1
    else if (classified.kind === 'previous' && error !== true) counts[0] = (counts[0] ?? 0) + 1
    else if (classified.kind !== 'client-limit') unclassified += 1
  }
  return { counts, unclassified }
}

type Replies = Omit<Extract<RunEvent, { kind: 'preflight-replies' }>, 'kind'>

/** Reports what samples before the write showed. Where the way to the gateway broke before the first one, they show nothing. */
export function reportReplies(
  { emit }: Pick<Context, 'emit'>,
  replies: Replies,
  signal: AbortSignal,
): void {
  if (replies.samples > 0 || !signal.aborted) emit({ kind: 'preflight-replies', ...replies })
}
