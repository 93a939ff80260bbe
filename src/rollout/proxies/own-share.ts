import { countedBetween } from '../../evidence/proxies/counter-differences.ts'
import { startDrawCount } from '../../evidence/proxies/draw-count.ts'
import type { ProxyReading } from '../../evidence/proxies/proxy-count.ts'
import type { ProxyRole } from '../../gateways/proxies/found-proxies.ts'
import { destinationOf, type RuleInProxy } from '../../gateways/proxies/held-rule.ts'
import type { ReadRule } from './read-held.ts'

/** What one proxy sent to the destinations of a rule between two looks. */
export type Served = {
  /** Connections, or requests of a rule for HTTP. */
  served: number
  /** Hosts that left with what they had been sent. */
  lostHosts: number
}

export function servedBetween(
  before: ProxyReading,
  after: ProxyReading,
  { rule, isHttp }: ReadRule,
): Served {
  const unit = isHttp ? 'requests' : 'connections'
  const drawCount = startDrawCount(unit, true)
  if (before.statistics) drawCount.observe(before.statistics)
  const drawn = after.statistics ? drawCount.observe(after.statistics) : new Map()
  const { clusters, resets } = countedBetween(before.counters, after.counters)
  const all = { served: 0, lostHosts: 0 }
  for (const cluster of new Set([...clusters.keys(), ...resets.keys(), ...drawn.keys()])) {
    if (destinationOf(cluster, rule.destinations) === undefined) continue
    all.served += drawn.get(cluster)?.draws ?? clusters.get(cluster)?.[unit] ?? 0
    all.lostHosts += drawn.has(cluster) ? 0 : (resets.get(cluster) ?? 0)
  }
  return all
}

/** A regular expression that finds the clusters of a rule, and few others. A mesh can have another domain. */
export function clusterFilter({ destinations }: Pick<RuleInProxy, 'destinations'>): string {
  const hosts = [
    ...new Set(destinations.map(({ host }) => host.replace(/\.svc\.cluster\.local$/, '.svc.'))),
  ]
  return hosts.map((host) => host.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')
}

/** Which proxies samples of a run may reach. What sidecars serve beside gateways is traffic of others. */
export function takesOwn(
  all: readonly { role: ProxyRole }[],
): (one: { role: ProxyRole }) => boolean {
  const hasGateways = all.some(({ role }) => role === 'gateway')
  return ({ role }) => !hasGateways || role === 'gateway'
}
