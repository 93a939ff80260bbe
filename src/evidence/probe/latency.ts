/** How long connections took, as a histogram whose size does not depend on how many there were. */
export type Latency = {
  count: number
  /** Milliseconds; 0 without a connection. */
  minMs: number
  maxMs: number
  /** How many took at most `bucketEdgeMs(index)` and more than the edge before it; the last has all that took longer. */
  buckets: readonly number[]
}

const FIRST_EDGE_MS = 0.1
/** Edges grow by a fifth, so a quantile is at most that much too high. */
const EDGES_A_DOUBLING = 4
/** The last edge is 105 s. */
const BUCKETS = 20 * EDGES_A_DOUBLING + 2

export const NO_LATENCY: Latency = {
  count: 0,
  minMs: 0,
  maxMs: 0,
  buckets: Array.from({ length: BUCKETS }, () => 0),
}

/** Milliseconds; Infinity for the last bucket. */
export function bucketEdgeMs(index: number): number {
  return index >= BUCKETS - 1
    ? Number.POSITIVE_INFINITY
    : FIRST_EDGE_MS * 2 ** (index / EDGES_A_DOUBLING)
}

export type LatencyTally = { observe(tookMs: number): void; latency(): Latency }

export function startLatency(): LatencyTally {
  const buckets = [...NO_LATENCY.buckets]
  let count = 0
  let minMs = Number.POSITIVE_INFINITY
  let maxMs = 0
  return {
    observe(tookMs) {
      const index = bucketOf(tookMs)
      buckets[index] = (buckets[index] ?? 0) + 1
      count += 1
      minMs = Math.min(minMs, tookMs)
      maxMs = Math.max(maxMs, tookMs)
    },
    latency: () => ({ count, minMs: count === 0 ? 0 : minMs, maxMs, buckets: [...buckets] }),
  }
}

/** Both together. */
export function mergedLatency(a: Latency, b: Latency): Latency {
  if (a.count === 0) return b
  if (b.count === 0) return a
  return {
    count: a.count + b.count,
    minMs: Math.min(a.minMs, b.minMs),
    maxMs: Math.max(a.maxMs, b.maxMs),
    buckets: a.buckets.map((count, index) => count + (b.buckets[index] ?? 0)),
  }
}

/** Milliseconds within which this share of the connections was done, at most a fifth too high; 0 without a connection. */
export function latencyQuantileMs({ count, maxMs, buckets }: Latency, share: number): number {
  const wanted = Math.max(1, Math.ceil(share * count))
  let sofar = 0
  for (const [index, inside] of buckets.entries()) {
    sofar += inside
    if (sofar >= wanted) return Math.min(maxMs, bucketEdgeMs(index))
  }
  return 0
}

function bucketOf(tookMs: number): number {
  const index = Math.ceil(EDGES_A_DOUBLING * Math.log2(tookMs / FIRST_EDGE_MS))
  // Rounding may put what lies on an edge behind it.
  const fitting = index > 0 && tookMs <= bucketEdgeMs(index - 1) ? index - 1 : index
  return Math.max(0, Math.min(BUCKETS - 1, fitting))
}
