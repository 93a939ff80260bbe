import type { CountedSample } from '../evidence-source.ts'
import type { ClusterStatistics } from './cluster-statistics.ts'
import { type CountedCluster, countedBetween, NOTHING } from './counter-differences.ts'
import type { CountersSettings, CountsGap } from './counters-settings.ts'
import { type Drawn, startDrawCount } from './draw-count.ts'
import { startEndedRequests } from './ended-requests.ts'
import type { ProxyCounters } from './host-counters.ts'
import type { RequestSeries } from './request-series.ts'

/** One reading of a proxy: its statistics after its counters. Undefined: it did not answer for statistics. */
export type ProxyReading = {
  counters: ProxyCounters
  statistics: ClusterStatistics | undefined
  /** Undefined: it was not asked for them. */
  requests?: readonly RequestSeries[] | undefined
}

/** What one proxy counts for the destinations of a rule, reading by reading. */
export type ProxyCount = {
  /** Takes a reading. Undefined for the first one, which is the baseline. */
  sample(reading: ProxyReading, readMs: number): CountedSample | undefined
  unreadable(atMs: number): void
  /** Whether its statistics have draws, so that a reading without them would not fit the others. */
  needsStatistics(): boolean
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
  const drawCount = startDrawCount(counts, isBaseline)
  const endedRequests =
    settings.statuses && startEndedRequests(settings.statuses, destinations, isBaseline)
  let before: ProxyCounters | undefined = isBaseline ? undefined : new Map()
  let readMs = settings.nowMs()
  let saidUnreadable = false

  function samplesOf(
    clusters: ReadonlyMap<string, CountedCluster>,
    drawn: ReadonlyMap<string, Drawn>,
  ) {
    const doubted = Array<number>(destinations).fill(0)
    const began = Array<number>(destinations).fill(0)
    const errors = Array<number>(destinations).fill(0)
    const successes = Array<number>(destinations).fill(0)
    for (const cluster of new Set([...clusters.keys(), ...drawn.keys()])) {
      const index = destinationOf(cluster)
      if (index === undefined) continue
      const counted = clusters.get(cluster) ?? NOTHING
      const certain = drawn.get(cluster)
      const ended = endedOf(counted, counts, certain)
      began[index] = (began[index] ?? 0) + (certain?.draws ?? counted[counts])
      if (certain === undefined) doubted[index] = (doubted[index] ?? 0) + ended.errors
      errors[index] = (errors[index] ?? 0) + ended.errors
      successes[index] = (successes[index] ?? 0) + ended.successes
    }
    const doubtful = mayRetry ? leaveDoubt(began, doubted, owed) : 0
    return { counts: began, errors, successes, ...(doubtful > 0 && { doubtful }) }
  }

  /** Hosts of the rule that left with what no statistic of their cluster has. */
  function lostHosts(resets: ReadonlyMap<string, number>, drawn: ReadonlyMap<string, Drawn>) {
    return [...resets].reduce(
      (sum, [cluster, hosts]) =>
        destinationOf(cluster) === undefined || drawn.has(cluster) ? sum : sum + hosts,
      0,
    )
  }

  return {
    sample({ counters, statistics, requests = [] }, nowMs) {
      const [fromMs, then] = [readMs, before]
      before = counters
      readMs = nowMs
      saidUnreadable = false
      const drawn = statistics ? drawCount.observe(statistics) : new Map<string, Drawn>()
      const ended = endedRequests?.(requests)
      if (then === undefined) return undefined
      const { clusters, restarted, resets } = countedBetween(then, counters)
      const beganAgain = [...drawn].some(
        ([cluster, one]) => one.beganAgain && destinationOf(cluster) !== undefined,
      )
      const hosts = lostHosts(resets, drawn)
      if (restarted || beganAgain) onGap?.({ proxy, fromMs, toMs: nowMs, why: 'restarted' })
      else if (hosts > 0) onGap?.({ proxy, fromMs, toMs: nowMs, why: 'hosts', hosts })
      return { kind: 'counts', proxy, fromMs, toMs: nowMs, ...samplesOf(clusters, drawn), ...ended }
    },
    needsStatistics: () => drawCount.isKnown(),
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
function endedOf(
  { connections, connectFailures, requestErrors, requestSuccesses }: CountedCluster,
  counts: CountersSettings['counts'],
  drawn: Drawn | undefined,
) {
  if (counts === 'requests') return { errors: requestErrors, successes: requestSuccesses }
  const errors = drawn?.withoutConnection ?? connectFailures
  return { errors, successes: Math.max(0, (drawn?.draws ?? connections) - errors) }
}
