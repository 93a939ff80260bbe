import {
  bucketEdgeMs,
  type Latency,
  latencyQuantileMs,
  mergedLatency,
  NO_LATENCY,
} from '../evidence/probe/latency.ts'
import type { Check } from '../rollout/model/check.ts'
import type { RunEvent } from '../rollout/model/events.ts'

/** How long the samples of all attempts, settles and watches of a run took. */
export type RunLatencies = {
  byDestination: Map<string, Latency>
  /** Of those without a recognized reply. */
  unclassified: Latency
}

export function noLatencies(): RunLatencies {
  return { byDestination: new Map(), unclassified: NO_LATENCY }
}

/** Adds up what attempts, settles and watches took. What is still in progress is part of it. */
export function startLatencies(): { take(event: RunEvent): void; latencies(): RunLatencies } {
  const ended = noLatencies()
  let open: { kind: RunEvent['kind']; check: Check; latencies: readonly Latency[] } | undefined

  function close(): void {
    if (open) add(ended, open)
    open = undefined
  }

  return {
    take(event) {
      if (event.kind === 'attempt-ended')
        add(ended, { check: event.check, latencies: event.ended.latencies })
      if (event.kind === 'settling' || event.kind === 'watching') {
        if (open?.kind !== event.kind) close()
        open = { kind: event.kind, check: event.check, latencies: event.now.latencies }
      }
      if (event.kind === 'written' || event.kind === 'restoring') close()
    },
    latencies() {
      if (open === undefined) return ended
      const all = { ...ended, byDestination: new Map(ended.byDestination) }
      add(all, open)
      return all
    },
  }
}

function add(
  all: RunLatencies,
  { check, latencies }: { check: Pick<Check, 'names'>; latencies: readonly Latency[] },
): void {
  for (const [index, latency] of latencies.entries()) {
    const name = check.names[index]
    if (name === undefined) all.unclassified = mergedLatency(all.unclassified, latency)
    else
      all.byDestination.set(name, mergedLatency(all.byDestination.get(name) ?? NO_LATENCY, latency))
  }
}

/** A histogram as report.json has it: quantiles, and the buckets that are not empty. */
export type LatencyReport = {
  samples: number
  minMs: number
  p50Ms: number
  p90Ms: number
  p99Ms: number
  maxMs: number
  /** Upper edge, and how many lie between it and the edge before; the last one's edge is `null`. */
  buckets: { upToMs: number | null; samples: number }[]
}

/** Milliseconds to two decimals; quantiles are at most a fifth too high. */
export function latencyReport(latency: Latency): LatencyReport {
  const quantile = (share: number) => hundredths(latencyQuantileMs(latency, share))
  return {
    samples: latency.count,
    minMs: hundredths(latency.minMs),
    p50Ms: quantile(0.5),
    p90Ms: quantile(0.9),
    p99Ms: quantile(0.99),
    maxMs: hundredths(latency.maxMs),
    buckets: latency.buckets.flatMap((samples, index) => {
      const edgeMs = bucketEdgeMs(index)
      const upToMs = Number.isFinite(edgeMs) ? hundredths(edgeMs) : null
      return samples === 0 ? [] : [{ upToMs, samples }]
    }),
  }
}

function hundredths(ms: number): number {
  return Math.round(ms * 100) / 100
}
