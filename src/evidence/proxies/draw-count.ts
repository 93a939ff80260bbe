import type { ClusterStatistics, StatisticName, Statistics } from './cluster-statistics.ts'
import type { CountersSettings } from './counters-settings.ts'

type Unit = CountersSettings['counts']

/**
 * How statistics add up to draws. Of connections: each waits for its host, or finds too many that wait. Of requests: a try that
 * finds no connection is ejected and no request, one that finds too many waiting is an overflow, and a retry is a try of a
 * request that was counted before.
 */
const DRAWS: Readonly<Record<Unit, Readonly<Partial<Record<StatisticName, 1 | -1>>>>> = {
  connections: { upstream_rq_pending_total: 1, upstream_rq_pending_overflow: 1 },
  requests: {
    upstream_rq_total: 1,
    upstream_rq_pending_failure_eject: 1,
    upstream_rq_pending_overflow: 1,
    upstream_rq_retry: -1,
  },
}

/** Draws that found no connection. Envoy may end several that wait with one failed connection, so that has fewer. */
const WITHOUT_CONNECTION = [
  'upstream_rq_pending_failure_eject',
  'upstream_rq_pending_overflow',
] as const

/** What a proxy drew of one cluster between two answers. */
export type Drawn = {
  draws: number
  /** How many tries found no connection. */
  withoutConnection: number
  /** Whether its statistics began again. What they had since the answer before is not known. */
  beganAgain: boolean
}

/** The draws of one proxy, answer by answer. */
export type DrawCount = {
  /** Takes an answer. Returns what is new, by cluster; one of which a statistic is left out is not among them. */
  observe(statistics: ClusterStatistics): ReadonlyMap<string, Drawn>
  /** Whether an answer had the draws of any cluster, so that the next one is worth waiting for. */
  isKnown(): boolean
}

/** @param isBaseline whether what it had before the first answer is left out */
export function startDrawCount(unit: Unit, isBaseline: boolean): DrawCount {
  const signs = Object.entries(DRAWS[unit]) as [StatisticName, 1 | -1][]
  const names = new Set([...signs.map(([name]) => name), ...WITHOUT_CONNECTION])
  const owed = new Map<string, number>()
  let before: ClusterStatistics | undefined = isBaseline ? undefined : new Map()
  let known = false

  function drawnOf(cluster: string, then: Statistics, now: Statistics): Drawn {
    const beganAgain = [...names].some((name) => (now[name] ?? 0) < (then[name] ?? 0))
    const since = (name: StatisticName) => (now[name] ?? 0) - (beganAgain ? 0 : (then[name] ?? 0))
    const draws = signs.reduce(
      (sum, [name, sign]) => sum + sign * since(name),
      owed.get(cluster) ?? 0,
    )
    // A retry is counted a moment before its try.
    owed.set(cluster, Math.min(0, draws))
    return {
      draws: Math.max(0, draws),
      withoutConnection: WITHOUT_CONNECTION.reduce((sum, name) => sum + since(name), 0),
      beganAgain,
    }
  }

  return {
    observe(statistics) {
      const now = new Map(
        [...statistics].filter(([, one]) => [...names].every((name) => one[name] !== undefined)),
      )
      const then = before
      before = now
      known ||= now.size > 0
      if (then === undefined) return new Map()
      // Envoy may make the statistics of a cluster with its first draw: one that was not among them before had none.
      const drawn = [...now].map(
        ([cluster, one]) => [cluster, drawnOf(cluster, then.get(cluster) ?? {}, one)] as const,
      )
      const gone = [...then.keys()].filter((cluster) => !now.has(cluster))
      return new Map([
        ...drawn,
        ...gone.map((cluster) => [cluster, drawnOf(cluster, then.get(cluster) ?? {}, {})] as const),
      ])
    },
    isKnown: () => known,
  }
}
