import { listAt, textAt, textsAt } from '../../objects/json.ts'
import type { KubeObject } from '../../objects/kube-object.ts'
import { networkRouteOf, type Sight } from '../clusters.ts'
import type { Filter } from '../config.ts'
import { routeConfigOf } from '../http/route-config.ts'
import type { VirtualHost } from '../http/routes.ts'
import { isHttpsTerminated, isPassthrough } from '../protocols.ts'
import type { BoundServer } from '../servers.ts'
import {
  fitsServer,
  hostsMeet,
  isBound,
  nameOf,
  portNameOf,
  tcpRuleFor,
} from '../virtual-services.ts'
import { type Credential, credentialOf, type Termination, terminationOf } from './credentials.ts'

/** How TLS connections with one of these server names go on. `*` is any, also none. */
export type TlsChain = {
  sniHosts: readonly string[]
  /** Undefined: the bytes go on as they are. */
  termination: Termination | undefined
  filter: Filter
}

/** The chains of a port, and what they name. */
export type TlsListener = {
  chains: TlsChain[]
  routes: Map<string, readonly VirtualHost[]>
  credentials: Map<string, Credential>
}

type Around = { virtualServices: readonly KubeObject[]; sight: Sight }

/**
 * The chains for the TLS servers of a port. Undefined if a certificate is missing, because Envoy then waits for it and
 * does not open the port. Source: istio, buildGatewayTCPBasedFilterChains.
 */
export function tlsListenerOf(
  servers: readonly BoundServer[],
  around: Around,
): TlsListener | undefined {
  const listener: TlsListener = { chains: [], routes: new Map(), credentials: new Map() }
  const taken = new Set<string>()
  for (const bound of servers) {
    if (isPassthrough(bound.server)) {
      listener.chains.push(...passthroughChains(bound, around, taken))
      continue
    }
    const filter = terminatedFilter(bound, around)
    if (filter === undefined) continue
    const termination = terminationOf(bound, filter.kind)
    const credential = credentialOf(termination, around.sight)
    if (credential === undefined) return undefined
    listener.credentials.set(termination.credential, credential)
    const sniHosts = bound.hosts.map((host) => host.split('/').at(-1) ?? '')
    listener.chains.push({ sniHosts, termination, filter })
    if (filter.kind === 'http')
      listener.routes.set(
        filter.routes,
        routeConfigOf([bound], around.virtualServices, around.sight),
      )
  }
  return listener
}

/** What is inside the TLS: requests, or the bytes of a tcp rule; undefined if there is no such rule. */
function terminatedFilter(
  bound: BoundServer,
  { virtualServices, sight }: Around,
): Filter | undefined {
  if (isHttpsTerminated(bound.server))
    return {
      kind: 'http',
      routes: `https.${bound.port}.${portNameOf(bound)}.${nameOf(bound.gateway)}`,
    }
  const found = tcpRuleFor(bound, virtualServices)
  if (found === undefined) return undefined
  return { kind: 'tcp', route: networkRouteOf(found.rule, found.owner, bound.port, sight) }
}

/** A chain for each match of the tls rules, except for names that another one has taken. */
function passthroughChains(
  bound: BoundServer,
  { virtualServices, sight }: Around,
  taken: Set<string>,
): TlsChain[] {
  if (textAt(bound.server, 'tls', 'mode') === 'AUTO_PASSTHROUGH') return []
  const owners = virtualServices.filter((one) => isBound(one, bound) && hostsMeet(bound, one))
  const rules = owners.flatMap((owner) =>
    listAt(owner, 'spec', 'tls').map((rule) => ({ owner, rule })),
  )
  return rules.flatMap(({ owner, rule }) =>
    listAt(rule, 'route').length === 0
      ? []
      : listAt(rule, 'match').flatMap((match): TlsChain[] => {
          const sniHosts = textsAt(match, 'sniHosts')
          const isTaken = sniHosts.some((host) => taken.has(host))
          if (isTaken || !fitsServer(match, owner, bound)) return []
          for (const host of sniHosts) taken.add(host)
          const route = networkRouteOf(rule, owner, bound.port, sight)
          return [{ sniHosts, termination: undefined, filter: { kind: 'tcp', route } }]
        }),
  )
}

/** The chain for a server name, or for none: the one with that name, else the longest `*` that covers it. */
export function chainFor(
  chains: readonly TlsChain[],
  serverName: string | undefined,
): TlsChain | undefined {
  const name = serverName?.toLowerCase() ?? ''
  const fits = (host: string) =>
    host === name ||
    host === '*' ||
    (host.startsWith('*.') && name.endsWith(host.slice(1)) && name.length >= host.length)
  const rankOf = (host: string) => (host === name ? Number.POSITIVE_INFINITY : host.length)
  // A chain for every name has no others. Source: istio, filterChainOpts.toFilterChainMatch.
  const namesOf = ({ sniHosts }: TlsChain) => (sniHosts.includes('*') ? ['*'] : sniHosts)
  return chains
    .flatMap((chain) =>
      namesOf(chain)
        .filter(fits)
        .map((host) => ({ chain, rank: rankOf(host) })),
    )
    .sort((one, other) => other.rank - one.rank)[0]?.chain
}
