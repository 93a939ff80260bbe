import { type Json, listAt, numberAt, textAt, textsAt } from '../../objects/json.ts'
import { type KubeObject, namespaceOf } from '../../objects/kube-object.ts'
import { addAllClusters, isSeen, networkRouteOf, type Sight } from '../clusters.ts'
import {
  type Filter,
  type Listener,
  type ListenerPlace,
  type MeshConfig,
  type MeshObjects,
  unlessUnbuildable,
} from '../config.ts'
import { withDelegates } from '../delegates.ts'
import type { Client } from '../destination-rules.ts'
import { hostsMatch } from '../hosts-match.ts'
import type { VirtualHost } from '../http/routes.ts'
import { fits } from '../http/rules.ts'
import type { TlsChain } from '../tls/chains.ts'
import { fqdnOf, hostsOf, isBound, meshServer, seenFrom } from '../virtual-services.ts'
import { egressScopeOf } from './egress-scope.ts'
import { type Around, type ServicePort, toService } from './service-port.ts'
import { sidecarHosts } from './sidecar-hosts.ts'

/**
 * The outbound configuration that istiod sends to the sidecar of a client: for HTTP a listener and a table of routes for
 * each port, for other protocols a listener for each Service and port. A port whose protocol is not declared is taken for TCP.
 */
export function sidecarConfigOf(objects: MeshObjects, client: Client): MeshConfig | undefined {
  return unlessUnbuildable(() => build(objects, client))
}

function build(objects: MeshObjects, client: Client): MeshConfig {
  const sight: Sight = { objects, client, clusters: new Map() }
  const sees = egressScopeOf(objects.sidecars, client)
  const virtualServices = seenFrom(client.namespace, withDelegates(objects.virtualServices)).filter(
    (one) =>
      isBound(one, meshServer(0)) && hostsOf(one).some((host) => sees(namespaceOf(one), host)),
  )
  const around = { virtualServices, sight }
  const listeners = new Map<ListenerPlace, Listener>()
  const routes = new Map<string, readonly VirtualHost[]>()
  const ports = objects.services
    .filter((one) => isSeen(one, sight) && sees(namespaceOf(one), hostOf(one)))
    .flatMap(portsOf)
  const ofHttp = ports.filter(({ protocol }) => protocol === 'http')
  for (const port of new Set(ofHttp.map((one) => one.port))) {
    const services = ofHttp.filter((one) => one.port === port)
    listeners.set(port, { kind: 'plain', filter: { kind: 'http', routes: String(port) } })
    routes.set(String(port), sidecarHosts(port, services, around))
  }
  for (const one of ports) {
    if (one.protocol === 'http') continue
    const place: ListenerPlace = `${textAt(one.service, 'spec', 'clusterIP') ?? ''}_${one.port}`
    const filter = tcpFilter(one, around)
    listeners.set(
      place,
      one.protocol === 'tls'
        ? { kind: 'tls', chains: tlsChains(one, filter, around) }
        : { kind: 'plain', filter },
    )
  }
  addAllClusters(sight)
  return { listeners, routes, clusters: sight.clusters, credentials: new Map() }
}

function hostOf(service: KubeObject): string {
  return fqdnOf(service.metadata.name, service)
}

function portsOf(service: KubeObject) {
  return listAt(service, 'spec', 'ports')
    .filter((one) => (textAt(one, 'protocol') ?? 'TCP') === 'TCP')
    .map((one) => ({
      ...{ service, host: hostOf(service) },
      ...{ port: numberAt(one, 'port') ?? 0, protocol: protocolOf(one) },
    }))
}

/** What the port of a Service declares, by its appProtocol or the beginning of its name. */
function protocolOf(port: Json): 'http' | 'tls' | 'tcp' {
  const declared = (textAt(port, 'appProtocol') ?? textAt(port, 'name') ?? '').toLowerCase()
  if (/^(?:http|http2|grpc|grpc-web)(?:-|$)|^kubernetes\.io\/h2c$/.test(declared)) return 'http'
  return /^(?:tls|https)(?:-|$)/.test(declared) ? 'tls' : 'tcp'
}

/** The VirtualServices for a Service. */
function ownersOf({ host }: ServicePort, { virtualServices }: Around): KubeObject[] {
  return virtualServices.filter((one) => hostsOf(one).some((wanted) => hostsMatch(wanted, host)))
}

/** The rules of a protocol that take a client's connections to a Service, with their objects. */
function rulesFor(port: ServicePort, protocol: 'tcp' | 'tls', around: Around) {
  const server = meshServer(port.port)
  return ownersOf(port, around).flatMap((owner) =>
    listAt(owner, 'spec', protocol)
      .filter((rule) => listAt(rule, 'route').length > 0)
      .map((rule) => {
        const matches = listAt(rule, 'match')
        const fitting = matches.filter((one) => fits(one, owner, server, around.sight))
        return { owner, rule, matches: fitting, takesAll: matches.length === 0 }
      })
      .filter(({ takesAll, matches }) => takesAll || matches.length > 0),
  )
}

/** Connections go by the first tcp rule for them, else to the Service. */
function tcpFilter(port: ServicePort, around: Around): Filter {
  const [found] = rulesFor(port, 'tcp', around)
  const { rule, owner } = found ?? { rule: toService(port), owner: port.service }
  return { kind: 'tcp', route: networkRouteOf(rule, owner, port.port, around.sight) }
}

/** A chain for each match of the tls rules, and one for all other server names. */
function tlsChains(port: ServicePort, otherwise: Filter, around: Around): TlsChain[] {
  const taken = new Set<string>()
  const chains = rulesFor(port, 'tls', around).flatMap(({ owner, rule, matches }) =>
    matches.flatMap((match): TlsChain[] => {
      const sniHosts = textsAt(match, 'sniHosts').filter((host) => !taken.has(host))
      if (sniHosts.length === 0) return []
      for (const host of sniHosts) taken.add(host)
      const route = networkRouteOf(rule, owner, port.port, around.sight)
      return [{ sniHosts, termination: undefined, filter: { kind: 'tcp', route } }]
    }),
  )
  return [...chains, { sniHosts: ['*'], termination: undefined, filter: otherwise }]
}
