import type { PodEnd } from '../evidence/jobs/pod-event.ts'
import type { ProbePlan } from '../evidence/jobs/probe-plan.ts'
import { type Classified, startClassifying } from '../evidence/probe/classify.ts'
import type { ConnectionOutcome } from '../evidence/probe/connection-outcome.ts'
import { startMatching } from '../evidence/probe/match-replies.ts'
import { startPace } from '../evidence/probe/pace.ts'
import { startProbing } from '../evidence/probe/prober.ts'
import { type ProbeSettings, probeOf } from '../evidence/probe/probes.ts'
import { startStamps } from '../evidence/probe/stamps.ts'
import type { LogWriter } from './log-writer.ts'
import { type Reported, startNumbering } from './outcome-ids.ts'

export type SampleSettings = {
  plan: ProbePlan
  probe: ProbeSettings
  addresses: readonly string[]
  redact: (text: string) => string
  log: LogWriter
  signal: AbortSignal
}

/** Takes samples, and writes each to the log. Resolves when there are as many as planned, or when the signal aborts. */
export function sample({ plan, probe, log, signal, ...rest }: SampleSettings): Promise<PodEnd> {
  const { target, recognition, timeoutMs, concurrency, ratePerSecond, most } = plan
  const match = startMatching(recognition.expect)
  const nowMs = () => performance.now()
  const idOf = startIdentifying(log)
  const classify = startReporting(recognition, { match, redact: rest.redact })
  const dial = probeOf(probe).open({
    endpoint: target.endpoint,
    addresses: rest.addresses,
    match,
    timeoutMs,
    environment: process.env,
  })
  let left = most ?? Number.POSITIVE_INFINITY

  return new Promise((resolve) => {
    const sampling = startProbing(
      {
        dial,
        classify,
        concurrency,
        paces: ratePerSecond === undefined ? [] : [startPace(ratePerSecond, nowMs())],
        nowMs,
        ...(most === undefined ? {} : { most: () => most }),
        onLaunch: log.launched,
      },
      ({ classified, tookMs }) => {
        log.ended({ outcome: idOf(classified), tookMs })
        if (classified.kind !== 'client-limit') left -= 1
        if (left <= 0) resolve('done')
      },
    )
    const stop = () => {
      sampling.stop()
      resolve('stopped')
    }
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}

/** A sample with a stamp keeps it beside how it is classified. */
type Stamped = Classified & { stamp?: string | null }

function startReporting(
  { stampHeader, ...recognition }: ProbePlan['recognition'],
  how: Pick<Parameters<typeof startClassifying>[0], 'match' | 'redact'>,
): (outcome: ConnectionOutcome) => Stamped {
  if (stampHeader === undefined) return startClassifying({ ...recognition, ...how })
  // Which values mean a destination is known to the run alone.
  const classify = startClassifying({ ...recognition, ...how, stamps: startStamps(stampHeader) })
  return (outcome) => {
    const classified = classify(outcome)
    if (outcome.kind !== 'reply' || outcome.head === undefined) return classified
    return { ...classified, stamp: outcome.head.headers[stampHeader] ?? null }
  }
}

/** Replies that are the same have the same object, so most ids are found without a look at it. */
function startIdentifying(log: LogWriter): (classified: Stamped) => number {
  const ids = startNumbering((id, reported) => log.add({ kind: 'outcome', id, ...reported }))
  const known = new WeakMap<Classified, number>()
  return (stamped) => {
    const before = known.get(stamped)
    if (before !== undefined) return before
    const { stamp, ...classified } = stamped
    const reported: Reported = stamp === undefined ? { classified } : { classified, stamp }
    const id = ids.idOf(reported)
    known.set(stamped, id)
    return id
  }
}
