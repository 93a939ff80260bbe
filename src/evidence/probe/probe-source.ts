import type { EvidenceSource, SourceKind } from '../evidence-source.ts'
import type { Classified } from './classify.ts'
import type { ConnectionOutcome, Dial, KeptDial } from './connection-outcome.ts'
import { type Pace, startPace } from './pace.ts'
import type { Probe, ProbeTarget } from './probe.ts'
import type { ProbeSample } from './probe-sample.ts'
import { startProbing } from './prober.ts'

/** How the probe's connections are made and classified. */
export type ProbeSourceSettings = {
  dial: Dial
  /** Absent: connections are never kept. */
  openKept?: (() => KeptDial) | undefined
  classify: (outcome: ConnectionOutcome) => Classified
  /** Connections in flight, 1 to 256. */
  concurrency: number
  /** The input `rate`, kept over all connections of a run. */
  paces: readonly Pace[]
  nowMs: () => number
  /** Whether its samples say which of them are errors. */
  showsErrors?: boolean
}

/** Samples are connections of a probe, classified by their replies. */
export function probeSource(settings: ProbeSourceSettings): EvidenceSource<ProbeSample> {
  const { dial, openKept, classify, concurrency, paces, nowMs, showsErrors = false } = settings
  return {
    details: new Set(showsErrors ? ['order', 'latency', 'errors'] : ['order', 'latency']),
    start(budget, take) {
      const { most, samplesPerSecond, keepsConnections = false } = budget
      const pace = samplesPerSecond === undefined ? [] : [startPace(samplesPerSecond, nowMs())]
      const kept = keepsConnections ? openKept?.() : undefined
      const { stop, launched } = startProbing(
        {
          dial: kept?.dial ?? dial,
          classify,
          concurrency: Math.min(concurrency, budget.concurrency ?? concurrency),
          paces: [...paces, ...pace],
          nowMs,
          ...(most === undefined ? {} : { most }),
        },
        take,
      )
      return {
        launched,
        stop() {
          stop()
          kept?.close()
        },
      }
    },
  }
}

/** What `evidence: replies` needs. */
export type ReplySettings = Omit<ProbeSourceSettings, 'dial' | 'openKept'> & {
  evidence: 'replies'
  probe: Probe
  target: ProbeTarget
}

/** The replies to connections of this run say which destination served them. */
export const replySource: SourceKind<ReplySettings, ProbeSample> = {
  evidence: 'replies',
  open: ({ probe, target, ...settings }) =>
    probeSource({
      ...settings,
      dial: probe.open(target),
      openKept: probe.openKept?.bind(probe, target),
    }),
}
