import { type JsonObject, textsAt } from '../../../kube/json.ts'
import type { TlsRequest } from '../../probe-request.ts'
import type { RouteObject } from '../../route-object.ts'
import { boundGateways } from '../rules/listeners.ts'
import { tlsRules } from '../rules/virtual-service-rules.ts'
import { isForConnections, matchesAt } from './applies.ts'
import { type Candidate, firstOf, type HitAmong } from './first-of.ts'

/** One match of a rule, as a listener has it. */
type Chain = Candidate & { match: JsonObject; names: readonly string[] }

/**
 * Which rule of several objects a TLS connection hits. The objects are in istiod's order. A name that an earlier match has
 * makes istiod leave out the whole match. Of the rest, the most specific name counts, and not the order.
 * Source: istio, buildGatewayNetworkFiltersFromTLSRoutes; envoy, FilterChainManagerImpl::findFilterChainForServerName.
 */
export function tlsHit(objects: readonly RouteObject[], request: TlsRequest): HitAmong {
  const known = new Set<string>()
  const chains = objects
    .flatMap((object) => chainsOf(object, request))
    .filter(({ names }) => {
      if (names.some((name) => known.has(name))) return false
      for (const name of names) known.add(name)
      return true
    })
  const best = bestName(chains, request.sni)
  const own = chains.filter((chain) => namesOf(chain).includes(best ?? ''))
  return best === undefined
    ? { kind: 'none' }
    : firstOf(own, ({ match }) => isForConnections(match, request))
}

function chainsOf(object: RouteObject, request: TlsRequest): Chain[] {
  if (!boundGateways(object).includes(request.gateway)) return []
  return tlsRules(object)
    .filter(({ destinations }) => destinations.length > 0)
    .flatMap((rule) =>
      matchesAt(rule, request).map((match) => ({
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
