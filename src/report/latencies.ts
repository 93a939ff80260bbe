import {
  bucketEdgeMs,
  type Latency,
  latencyQuantileMs,
  mergedLatency,
  NO_LATENCY,
} from '../evidence/probe/latency.ts'
import type { RunEvent } from '../rollout/model/events.ts'

/** How long the samples of all attempts of a run took. */
export type RunLatencies = {
  byDestination: Map<string, Latency>
  /** Of those without a recognized reply. */
  unclassified: Latency
}

export function noLatencies(): RunLatencies {
  return { byDestination: new Map(), unclassified: NO_LATENCY }
}

/** Adds what an attempt took; other events add nothing. */
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
