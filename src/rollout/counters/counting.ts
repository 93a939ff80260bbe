import { durationText } from '../../evidence/duration-text.ts'
import type { StatusRules } from '../../evidence/proxies/ended-requests.ts'
import { destinationOf, type MeshDestination } from '../../gateways/proxies/held-rule.ts'
import { abortCauseOf } from '../../problem/aborted.ts'
import { RunError } from '../../problem/run-error.ts'
import { clusterFilter } from '../proxies/own-share.ts'
import type { ProxySet } from '../proxies/proxy-set.ts'

/** How the counters of proxies show the split of a rule. */
export type Counting = {
  /** The proxies that hold the rule. */
  proxies: Pick<ProxySet, 'members' | 'refresh' | 'found'>
  /** The destination of a cluster of a proxy, by index; undefined: it is none of the rule's. */
  destinationOf: (cluster: string) => number | undefined
  /** A regular expression that finds the clusters of the rule by their names, and perhaps others. */
  filter: string | undefined
  /** Whether a proxy may retry requests of the rule. It counts each try. */
  retries?: boolean
  /** Which statuses of requests are errors; undefined: those that a proxy counts as errors of a host. */
  statuses?: StatusRules
  /** Aborts when no proxy has been read for a while, so that nothing shows the split any more. */
  lost: AbortController
}

/** The counters of destinations in the proxies that hold a rule. */
export function countingOf(proxies: ProxySet, destinations: readonly MeshDestination[]): Counting {
  return {
    proxies,
    destinationOf: (cluster) => destinationOf(cluster, destinations),
    filter: destinations.length === 0 ? undefined : clusterFilter({ destinations }),
    lost: new AbortController(),
  }
}

/** Ends a check whose proxies can no longer be read. */
export function throwIfLost(
  counting: Pick<Counting, 'lost'> | undefined,
  { ended }: { ended?: unknown },
  signal: AbortSignal,
): void {
  if (ended !== undefined || signal.aborted || counting?.lost.signal.aborted !== true) return
  const why = abortCauseOf(counting.lost.signal.reason)
  const over = why?.kind === 'time-limit' ? `for ${durationText(why.ms)}` : 'any more'
  throw new RunError(
    'ITS-COUNTERS-LOST',
    `No proxy of the rule could be read ${over}, so the split could no longer be observed.`,
    'Check that the API server, and the nodes of the proxies, can be reached, and that the right to create pods/portforward was not removed. Then run it again.',
  )
}
