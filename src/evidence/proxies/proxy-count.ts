import type { CountedSample } from '../evidence-source.ts'
import { type CountedCluster, countedBetween } from './counter-differences.ts'
import type { CountersSettings, CountsGap } from './counters-settings.ts'
import type { ProxyCounters } from './host-counters.ts'
import type { RequestDraws } from './request-draws.ts'

/** One reading of a proxy. */
export type ProxyReading = { counters: ProxyCounters; draws: RequestDraws | undefined }

/** What one proxy counts for the destinations of a rule, reading by reading. */
export type ProxyCount = {
  /** Takes a reading. Undefined for the first one, which is the baseline. */
  sample(reading: ProxyReading, readMs: number): CountedSample | undefined
  unreadable(atMs: number): void
  /** What is lost as its Pod ended. */
  gone(atMs: number): CountsGap
}

/** A proxy that does not answer for so long is said to be unreadable. */
const UNREADABLE_AFTER_MS = 2000

/** @param isBaseline whether what it had before the first reading is left out */
export function startProxyCount(
  settings: CountersSettings,
  proxy: string,
  isBaseline: boolean,
): ProxyCount {
  const { destinations, destinationOf, counts, onGap } = settings
  const mayRetry = counts === 'requests' && settings.retries === true
  const owed = Array<number>(destinations).fill(0)
  const drawn = new Map<string, number>()
  let before: ProxyCounters | undefined = isBaseline ? undefined : new Map()
  let readMs = settings.nowMs()
  let saidUnreadable = false

  /** Draws of a cluster since the reading before; undefined where they are not known. */
  function newDraws(cluster: string, draws: RequestDraws | undefined): number | undefined {
    const now = draws?.get(cluster)
    const then = drawn.get(cluster)
    if (now === undefined) drawn.delete(cluster)
    // A retry is counted a moment before its try: what was counted once stays.
    else drawn.set(cluster, Math.max(now, then ?? now))
    return now === undefined || then === undefined ? undefined : Math.max(0, now - then)
  }

  function samplesOf(clusters: ReadonlyMap<string, CountedCluster>, draws?: RequestDraws) {
    const doubted = Array<number>(destinations).fill(0)
    const began = Array<number>(destinations).fill(0)
    const errors = Array<number>(destinations).fill(0)
    const successes = Array<number>(destinations).fill(0)
    for (const [cluster, counted] of clusters) {
      const index = destinationOf(cluster)
      if (index === undefined) continue
      const ended = endedOf(counted, counts)
      const certain = newDraws(cluster, draws)
      began[index] = (began[index] ?? 0) + (certain ?? counted[counts])
      if (certain === undefined) doubted[index] = (doubted[index] ?? 0) + ended.errors
      errors[index] = (errors[index] ?? 0) + ended.errors
      successes[index] = (successes[index] ?? 0) + ended.successes
    }
    const doubtful = mayRetry ? leaveDoubt(began, doubted, owed) : 0
    return { counts: began, errors, successes, ...(doubtful > 0 && { doubtful }) }
  }

  return {
    sample({ counters, draws }, nowMs) {
      const [fromMs, then] = [readMs, before]
      before = counters
      readMs = nowMs
      saidUnreadable = false
      if (then === undefined) {
        for (const cluster of counters.keys()) newDraws(cluster, draws)
        return undefined
      }
      const { clusters, restarted, resets } = countedBetween(then, counters)
      // Its statistics began again too.
      if (restarted) drawn.clear()
      if (restarted) onGap?.({ proxy, fromMs, toMs: nowMs, why: 'restarted' })
      else if (resets > 0) onGap?.({ proxy, fromMs, toMs: nowMs, why: 'hosts', hosts: resets })
      return { kind: 'counts', proxy, fromMs, toMs: nowMs, ...samplesOf(clusters, draws) }
    },
    unreadable(atMs) {
      if (saidUnreadable || atMs - readMs < UNREADABLE_AFTER_MS) return
      saidUnreadable = true
      onGap?.({ proxy, fromMs: readMs, toMs: atMs, why: 'unreadable' })
    },
    gone: (atMs) => ({ proxy, fromMs: readMs, toMs: atMs, why: 'gone' }),
  }
}

/**
 * A retry is counted as one more request to the same destination, soon after the error that it follows. A request that finds no
 * connection is an error, and is not counted as a request. So of each destination there may have been as many fewer requests as
 * errors, or as many more. Returns how many are in doubt.
 *
 * @param owed errors whose retry may still come, by destination
 */
function leaveDoubt(began: number[], errors: readonly number[], owed: number[]): number {
  let doubtful = 0
  for (const [index, error] of errors.entries()) {
    const open = (owed[index] ?? 0) + error
    const taken = Math.min(began[index] ?? 0, open)
    began[index] = (began[index] ?? 0) - taken
    owed[index] = open - taken
    doubtful += taken + error
  }
  return doubtful
}

/** A connection ends here once it is made, or fails. */
function endedOf(counted: CountedCluster, counts: CountersSettings['counts']) {
  const { connections, connectFailures, requestErrors, requestSuccesses } = counted
  return counts === 'requests'
    ? { errors: requestErrors, successes: requestSuccesses }
    : { errors: connectFailures, successes: Math.max(0, connections - connectFailures) }
}
