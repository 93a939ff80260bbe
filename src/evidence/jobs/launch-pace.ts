/** How fast a Pod launches samples. */
export type LaunchPace = {
  /** Times in milliseconds, in their order. */
  launched(ms: number): void
  /** Launches a second, without the first quarter to half of them; undefined before two. */
  perSecond(): number | undefined
  /** From the first launch to the latest one. */
  lastedMs(): number
}

type Mark = { launches: number; ms: number }

/**
 * A process is slow until its code is compiled, and its first samples are launched all at once, so the first launches show
 * no pace. Each power of two is noted: the one before the latest is at least a quarter of all launches, and at most half.
 */
export function startLaunchPace(): LaunchPace {
  let launches = 0
  let firstMs = 0
  let lastMs = 0
  let marks: readonly [Mark, Mark] | undefined
  return {
    launched(ms) {
      if (launches === 0) firstMs = ms
      launches += 1
      lastMs = ms
      if ((launches & (launches - 1)) === 0) {
        const mark = { launches, ms }
        marks = [marks?.[1] ?? mark, mark]
      }
    },
    perSecond() {
      const [from] = marks ?? []
      if (from === undefined || lastMs <= from.ms) return undefined
      return ((launches - from.launches) * 1000) / (lastMs - from.ms)
    },
    lastedMs: () => lastMs - firstMs,
  }
}
