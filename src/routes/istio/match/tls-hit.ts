import { type JsonObject, textsAt } from '../../../kube/json.ts'
import { type Candidate, firstOf, type HitAmong } from '../../match/first-of.ts'
import type { Arrival, TlsRequest } from '../../probe-request.ts'
import type { RouteObject } from '../../route-object.ts'
import { boundGateways } from '../rules/listeners.ts'
import { tlsRules } from '../rules/virtual-service-rules.ts'
import { isForConnections, matchesAt } from './applies.ts'

/** One match of a rule, as a listener has it. */
export type Chain = Candidate & { match: JsonObject; names: readonly string[] }

/** Which rule of several objects a TLS connection hits. The objects are in istiod's order. */
export function tlsHit(objects: readonly RouteObject[], request: TlsRequest): HitAmong {
  const { kept } = chainsAt(objects, request)
  const best = bestName(kept, request.sni)
  const own = kept.filter((chain) => namesOf(chain).includes(best ?? ''))
  return best === undefined
    ? { kind: 'none' }
    : firstOf(own, ({ match }) => isForConnections(match, request))
}

/**
 * The matches of several objects at a port of a gateway. A name that an earlier match has makes istiod leave out the
 * whole match. Of the rest, the most specific name counts, and not the order.
 * Source: istio, buildGatewayNetworkFiltersFromTLSRoutes; envoy, FilterChainManagerImpl::findFilterChainForServerName.
 */
export function chainsAt(
  objects: readonly RouteObject[],
  arrival: Arrival,
): { kept: Chain[]; leftOut: { chain: Chain; by: Chain }[] } {
  const owners = new Map<string, Chain>()
  const kept: Chain[] = []
  const leftOut: { chain: Chain; by: Chain }[] = []
  for (const chain of objects.flatMap((object) => chainsOf(object, arrival))) {
    const [by] = chain.names.flatMap((name) => owners.get(name) ?? [])
    if (by) leftOut.push({ chain, by })
    else {
      kept.push(chain)
      for (const name of chain.names) owners.set(name, chain)
    }
  }
  return { kept, leftOut }
}

function chainsOf(object: RouteObject, arrival: Arrival): Chain[] {
  if (!boundGateways(object).includes(arrival.gateway)) return []
  return tlsRules(object)
    .filter(({ destinations }) => destinations.length > 0)
    .flatMap((rule) =>
      matchesAt(rule, arrival).map((match) => ({
        object,
        rule,
        match,
        names: textsAt(match, 'sniHosts'),
      })),
    )
}

/** The names that the listener compares. One that is only `*` makes the others superfluous. */
function namesOf({ names }: Chain): string[] {
  return names.includes('*') ? ['*'] : names.map((name) => name.toLowerCase())
}

/** The name itself, else the longest of its wildcards, else `*`, which also covers a connection without a name. */
function bestName(chains: readonly Chain[], sni: string): string | undefined {
  const names = new Set(chains.flatMap(namesOf))
  const parts = sni.toLowerCase().split('.')
  const wildcards = parts.slice(1).map((_, index) => `*.${parts.slice(index + 1).join('.')}`)
  return [parts.join('.'), ...wildcards, '*'].find((name) => name !== '' && names.has(name))
}
