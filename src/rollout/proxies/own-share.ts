import { countedBetween } from '../../evidence/proxies/counter-differences.ts'
import type { ProxyCounters } from '../../evidence/proxies/host-counters.ts'
import type { ProxyRole } from '../../gateways/proxies/found-proxies.ts'
import { destinationOf, type RuleInProxy } from '../../gateways/proxies/held-rule.ts'
import type { ReadRule } from './read-held.ts'

/** How many connections, or requests of a rule for HTTP, one proxy sent to the destinations of a rule between two looks. */
export function servedBetween(
  before: ProxyCounters,
  after: ProxyCounters,
  { rule, isHttp }: ReadRule,
): number {
  let served = 0
  for (const [cluster, counted] of countedBetween(before, after).clusters)
    if (destinationOf(cluster, rule.destinations) !== undefined)
      served += isHttp ? counted.requests : counted.connections
  return served
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
