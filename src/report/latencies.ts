import {
  bucketEdgeMs,
  type Latency,
  latencyQuantileMs,
  mergedLatency,
  NO_LATENCY,
} from '../evidence/probe/latency.ts'
import type { RunEvent } from '../rollout/model/events.ts'

/** How long the connections of all tries of a run took. */
export type RunLatencies = {
  byDestination: Map<string, Latency>
  /** Of those that got no reply that `expect` knows. */
  unclassified: Latency
}

export function noLatencies(): RunLatencies {
  return { byDestination: new Map(), unclassified: NO_LATENCY }
}

/** Adds what a try took; other events add nothing. */
export function addLatencies(latencies: RunLatencies, event: RunEvent): void {
  if (event.kind !== 'attempt-ended') return
  const { names } = event.check
  for (const [index, latency] of event.ended.latencies.entries()) {
    const name = names[index]
    if (name === undefined) latencies.unclassified = mergedLatency(latencies.unclassified, latency)
    else {
      const sofar = latencies.byDestination.get(name) ?? NO_LATENCY
      latencies.byDestination.set(name, mergedLatency(sofar, latency))
    }
  }
}

/** What report.json says of a histogram: quantiles, and its buckets that are not empty. */
export type LatencyReport = {
  connections: number
  minMs: number
  p50Ms: number
  p90Ms: number
  p99Ms: number
  maxMs: number
  /** Upper edge, and how many lie between it and the edge before; the last one's edge is `null`. */
  buckets: { upToMs: number | null; connections: number }[]
}

/** Milliseconds to two decimals; quantiles are at most a fifth too high. */
export function latencyReport(latency: Latency): LatencyReport {
  const quantile = (share: number) => hundredths(latencyQuantileMs(latency, share))
  return {
    connections: latency.count,
    minMs: hundredths(latency.minMs),
    p50Ms: quantile(0.5),
    p90Ms: quantile(0.9),
    p99Ms: quantile(0.99),
    maxMs: hundredths(latency.maxMs),
    buckets: latency.buckets.flatMap((connections, index) => {
      const edgeMs = bucketEdgeMs(index)
      const upToMs = Number.isFinite(edgeMs) ? hundredths(edgeMs) : null
      return connections === 0 ? [] : [{ upToMs, connections }]
    }),
  }
}

function hundredths(ms: number): number {
  return Math.round(ms * 100) / 100
}
