import {
  type Latency,
  latencyQuantileMs,
  mergedLatency,
  NO_LATENCY,
} from '../../../evidence/probe/latency.ts'
import type { Check } from '../../../rollout/model/check.ts'

/** Milliseconds that 50%, 90% and 99% of the samples took at most, read off a histogram: at most a fifth too high. */
export type Quantiles = { p50: number; p90: number; p99: number }

/** undefined without a sample. */
export function quantilesOf(latency: Latency): Quantiles | undefined {
  if (latency.count === 0) return undefined
  const at = (share: number) => Math.round(latencyQuantileMs(latency, share) * 100) / 100
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) }
}

/** How long the samples of each destination took since the write of a check. */
export function latenciesOf({ names, latencies, attempts }: Check): Latency[] {
  return names.map(
    (_, index) =>
      latencies?.[index] ??
      attempts.reduce(
        (sum, one) => mergedLatency(sum, one.latencies[index] ?? NO_LATENCY),
        NO_LATENCY,
      ),
  )
}

/** The same by name, of those that have a sample; undefined where none has. */
export function quantilesByName(check: Check): Record<string, Quantiles> | undefined {
  const all = latenciesOf(check).flatMap((latency, index): [string, Quantiles][] => {
    const quantiles = quantilesOf(latency)
    return quantiles === undefined ? [] : [[check.names[index] ?? '', quantiles]]
  })
  return all.length === 0 ? undefined : Object.fromEntries(all)
}
