import { textAt } from '../../objects/json.ts'
import { type KubeObject, namespaceOf } from '../../objects/kube-object.ts'
import { hostsMatch } from '../hosts-match.ts'
import type { HttpRoute, VirtualHost } from '../http/routes.ts'
import { routesOf } from '../http/rules.ts'
import { hostsOf, meshServer } from '../virtual-services.ts'
import { type Around, type ServicePort, toService } from './service-port.ts'

/** Hosts that are no Service are only at this port. Source: istio, BuildSidecarOutboundVirtualHosts. */
const PORT_OF_OTHERS = 80

/**
 * The virtual hosts of a sidecar at a port. Unlike at gateways, the first VirtualService with rules for the client has a host
 * alone. A Service without one has a route to itself. Source: istio, BuildSidecarVirtualHostWrapper.
 */
export function sidecarHosts(
  port: number,
  services: readonly ServicePort[],
  { virtualServices, sight }: Around,
): VirtualHost[] {
  const hosts = new Map<string, VirtualHost>()
  const server = meshServer(port)
  const add = (host: string, routes: readonly HttpRoute[], aliases: readonly string[] = []) => {
    if (!hosts.has(host)) hosts.set(host, { domain: host, aliases, routes, requiresTls: false })
  }
  const addService = (one: ServicePort, routes: readonly HttpRoute[]) =>
    add(one.host, routes, aliasesOf(one.service, sight.client.namespace))
  for (const owner of virtualServices) {
    const names = hostsOf(owner)
    const meant = services.filter(({ host }) => names.some((name) => hostsMatch(name, host)))
    if (meant.length === 0 && port !== PORT_OF_OTHERS) continue
    const routes = routesOf(owner, server, sight)
    if (routes.length === 0) continue
    for (const one of meant) addService(one, routes)
    for (const name of names)
      if (!services.some(({ host }) => hostsMatch(name, host))) add(name, routes)
  }
  for (const one of services) addService(one, routesOf(defaultOf(one), server, sight))
  return [...hosts.values()]
}

/** The names by which clients of a namespace call a Service beside the whole one. Source: istio, GenerateAltVirtualHosts. */
function aliasesOf(service: KubeObject, client: string): string[] {
  const { name } = service.metadata
  const namespace = namespaceOf(service)
  const address = textAt(service, 'spec', 'clusterIP')
  return [
    ...(namespace === client ? [name] : []),
    ...[`${name}.${namespace}.svc`, `${name}.${namespace}`],
    ...(address === undefined || address === 'None' ? [] : [address]),
  ]
}

function defaultOf(one: ServicePort): KubeObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'default', namespace: namespaceOf(one.service) },
    spec: { hosts: [one.host], http: [toService(one)] },
  }
}
