import { type Json, listAt, numberAt, objectAt, textAt, textsAt } from '../objects/json.ts'
import { type KubeObject, namespaceOf, textsOf } from '../objects/kube-object.ts'
import { byAge } from './by-age.ts'
import type { MeshObjects } from './config.ts'
import type { Client } from './destination-rules.ts'
import { SERVICE_OF_GATEWAY } from './gateway-api/objects.ts'
import { isPlainHttp, needsTls, tlsOf } from './protocols.ts'

/** A server of a Gateway, with the port at which the gateway's Pods listen for it. */
export type BoundServer = {
  gateway: KubeObject
  server: Json
  /** The port in the Gateway, which rules match. */
  port: number
  /** Its hosts, each as `host` or `namespace/host`. */
  hosts: readonly string[]
}

/**
 * The servers of all Gateways for these proxies, by the port of the Pods. On a port, plaintext HTTP servers share a
 * listener, and so do TLS servers whose hosts differ; any other second server is left out. Source: istio, mergeGateways.
 */
export function mergedServers(
  objects: MeshObjects,
  client: Client,
): ReadonlyMap<number, readonly BoundServer[]> {
  const merged = new Map<number, BoundServer[]>()
  const tlsHosts = new Map<number, Set<string>>()
  for (const gateway of [...objects.gateways].sort(byAge)) {
    if (!isFor(gateway, objects, client)) continue
    for (const server of listAt(gateway, 'spec', 'servers')) {
      const port = numberAt(server, 'port', 'number') ?? 0
      const bound = { gateway, server, port, hosts: sanitizedHosts(server, gateway) }
      const target = targetOf(port, gateway, objects, client)
      if (target === undefined) continue
      const known = merged.get(target) ?? []
      if (tlsOf(server) !== undefined && !addHosts(bound.hosts, target, tlsHosts)) continue
      if (known.every((other) => goTogether(other.server, server)))
        merged.set(target, [...known, bound])
    }
  }
  return merged
}

/** Whether a Gateway is for these proxies: by its selector, or by the Services that serve one of the Gateway API. */
function isFor(gateway: KubeObject, objects: MeshObjects, client: Client): boolean {
  if (isOfGatewayApi(gateway)) return servingServices(gateway, objects, client).length > 0
  const selector = Object.entries(objectAt(gateway, 'spec', 'selector'))
  return selector.every(([label, value]) => client.labels[label] === value)
}

function isOfGatewayApi(gateway: KubeObject): boolean {
  return SERVICE_OF_GATEWAY in textsOf(gateway, 'annotations')
}

/** The Services that serve a Gateway of the Gateway API and are in its namespace, if they lead to these proxies. */
function servingServices(
  gateway: KubeObject,
  objects: MeshObjects,
  client: Client,
): readonly KubeObject[] {
  const hosts = (textsOf(gateway, 'annotations')[SERVICE_OF_GATEWAY] ?? '').split(',')
  return servicesOf(objects, client).filter(
    (one) =>
      namespaceOf(one) === namespaceOf(gateway) &&
      hosts.includes(`${one.metadata.name}.${namespaceOf(one)}.svc.cluster.local`),
  )
}

/** The Services whose Pods these proxies are in. */
function servicesOf(objects: MeshObjects, client: Client): readonly KubeObject[] {
  return objects.services.filter((service) => {
    const selector = Object.entries(objectAt(service, 'spec', 'selector'))
    const selects =
      selector.length > 0 && selector.every(([label, value]) => client.labels[label] === value)
    return selects && namespaceOf(service) === client.namespace
  })
}

function goTogether(one: Json, other: Json): boolean {
  if (isPlainHttp(one)) return isPlainHttp(other)
  return needsTls(one) && needsTls(other)
}

/** Adds hosts to those of the TLS servers on a port; false if it has one of them already. */
function addHosts(
  hosts: readonly string[],
  port: number,
  known: Map<number, Set<string>>,
): boolean {
  const taken = known.get(port) ?? new Set<string>()
  known.set(port, taken)
  if (hosts.some((host) => taken.has(host))) return false
  for (const host of hosts) taken.add(host)
  return true
}

/** Hosts with `.` replaced by the Gateway's namespace, and `*` namespaces left out. */
function sanitizedHosts(server: Json, gateway: KubeObject): string[] {
  return textsAt(server, 'hosts').map((host) => {
    const [namespace, name] = host.includes('/') ? host.split('/') : ['*', host]
    if (namespace === '*') return name ?? ''
    return `${namespace === '.' ? namespaceOf(gateway) : namespace}/${name}`
  })
}

/**
 * The target port of the gateway's Services for a port. Without one, a Gateway of Istio has the port itself, and one of
 * the Gateway API has none. Source: istio, resolvePorts.
 */
function targetOf(
  port: number,
  gateway: KubeObject,
  objects: MeshObjects,
  client: Client,
): number | undefined {
  if (isOfGatewayApi(gateway)) return servicePortOf(port, servingServices(gateway, objects, client))
  const label = 'experimental.istio.io/disable-gateway-port-translation'
  const services = servicesOf(objects, client).filter((one) => !(label in textsOf(one, 'labels')))
  return servicePortOf(port, services) ?? port
}

function servicePortOf(port: number, services: readonly KubeObject[]): number | undefined {
  for (const service of services) {
    const found = listAt(service, 'spec', 'ports').find(
      (one) => numberAt(one, 'port') === port && (textAt(one, 'protocol') ?? 'TCP') === 'TCP',
    )
    if (found !== undefined) return numberAt(found, 'targetPort') ?? port
  }
  return undefined
}
