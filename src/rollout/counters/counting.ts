import type { ProxySet } from '../proxies/proxy-set.ts'

/** How the counters of proxies show the split of a rule. */
export type Counting = {
  /** The proxies that hold the rule. */
  proxies: Pick<ProxySet, 'members' | 'refresh'>
  /** The destination of a cluster of a proxy, by index; undefined: it is none of the rule's. */
  destinationOf: (cluster: string) => number | undefined
  /** A regular expression that finds the clusters of the rule by their names, and perhaps others. */
  filter: string | undefined
}
