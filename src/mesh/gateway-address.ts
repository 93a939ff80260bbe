import type { Endpoint, NamespacedName } from '../options/options.ts'
import type { ApiServer } from './api-server.ts'
import { type Entry, MESH_GATEWAY } from './entry.ts'
import { type Finding, problem, shellQuoted } from './finding.ts'
import { type JsonObject, labelsAt, numberAt, objectsAt, textAt, textsAt } from './json.ts'
import {
  coreResource,
  grantingRule,
  ISTIO_NETWORKING,
  type Read,
  type Resource,
  readList,
  readObject,
} from './resources.ts'

export type GatewaySearch = {
  /** Holds the Gateway. */
  api: ApiServer
  /** Holds the Services and Nodes. */
  workloads: ApiServer
  istioVersion: string
  entry: Entry
  gatewayService: NamespacedName | undefined
}

export type FoundAddress =
  | { ok: true; endpoint: Endpoint; how: string }
  | { ok: false; finding: Finding }

const GIVE_ENDPOINT = 'Or give endpoint: host:port, where connections can be made from here.'

/** Namespaces in which gateways usually stand, looked at before the whole cluster is listed. */
const FIRST_NAMESPACE = 'istio-system'
const USUAL_NAMESPACES = [FIRST_NAMESPACE, 'istio-ingress']

/**
 * Finds where connections reach the entry: from its Gateway to the Service in front of the gateway,
 * to the load balancer's address, or a node's where there is none.
 */
export async function findGatewayAddress(
  search: GatewaySearch,
  signal: AbortSignal,
): Promise<FoundAddress> {
  const gateways = search.entry.gateways.filter((name) => name !== MESH_GATEWAY)
  if (gateways.length === 0) return failed(boundToNone())
  const looking = firstLook(search, signal)
  let first: Finding | undefined
  for (const gateway of gateways) {
    const found = await readServer(search, gateway, signal)
    if (!('finding' in found)) {
      const service = await findService(search, looking, found, signal)
      if ('finding' in service) return failed(service.finding)
      return addressOf(search, service.service, found, signal)
    }
    first ??= found.finding
  }
  return failed(first ?? boundToNone())
}

function boundToNone(): Finding {
  return problem(
    'preflight',
    'the entry is bound to no gateway, only to sidecars, so there is no gateway to connect to',
    'Give endpoint: host:port.',
  )
}

type GatewayServer = {
  gateway: NamespacedName
  selector: Readonly<Record<string, string>>
  port: number
  portName: string
}

async function readServer(
  search: GatewaySearch,
  gateway: string,
  signal: AbortSignal,
): Promise<GatewayServer | { finding: Finding }> {
  const [namespace = '', name = ''] = gateway.split('/')
  const resource: Resource = {
    group: ISTIO_NETWORKING,
    version: search.istioVersion,
    plural: 'gateways',
    namespace,
    name,
  }
  const read = await readObject(search.api, resource, signal)
  if (read.kind === 'denied') {
    return {
      finding: problem(
        'access',
        `reading Gateway ${gateway} is not allowed, so the gateway's address cannot be found`,
        `${grantingRule(resource)}\n${GIVE_ENDPOINT}`,
      ),
    }
  }
  if (read.kind === 'missing') {
    return {
      finding: problem(
        'preflight',
        `there is no Gateway ${gateway}, to which the entry is bound`,
        `See what there is:\n  kubectl --namespace ${shellQuoted(namespace)} get gateways.networking.istio.io`,
      ),
    }
  }
  const servers = objectsAt(read.value, 'spec', 'servers')
  const matched = search.entry.listeners.filter((listener) => listener.gateway === gateway)
  const anyPort = matched.some((listener) => listener.port === undefined)
  const onPort = servers.filter(
    (server) =>
      anyPort || matched.some((listener) => listener.port === numberAt(server, 'port', 'number')),
  )
  const [server, second] = onPort
  const port = numberAt(server, 'port', 'number')
  if (server === undefined || port === undefined || (second !== undefined && anyPort)) {
    const ports = servers.map((known) => numberAt(known, 'port', 'number'))
    const wanted = anyPort
      ? 'exactly one server, as the entry matches no port'
      : `a server on port ${matched.map((listener) => listener.port).join(' or ')}, which the entry matches`
    return {
      finding: problem(
        'preflight',
        `Gateway ${gateway} lacks ${wanted}; it has ports ${ports.join(', ') || 'none'}`,
        GIVE_ENDPOINT,
      ),
    }
  }
  return {
    gateway: { namespace, name },
    selector: labelsAt(read.value, 'spec', 'selector'),
    port,
    portName: textAt(server, 'port', 'name') ?? '',
  }
}

type FoundService = { service: JsonObject } | { finding: Finding }

/** The first read on the way to the Service. It needs nothing of the Gateway, so both are read at the same time. */
type FirstLook =
  | { kind: 'given'; service: Promise<FoundService> }
  | { kind: 'usual'; services: Promise<Read<JsonObject[]>> }

function firstLook(search: GatewaySearch, signal: AbortSignal): FirstLook {
  const look: FirstLook = search.gatewayService
    ? { kind: 'given', service: readGivenService(search, search.gatewayService, signal) }
    : { kind: 'usual', services: listServices(search, FIRST_NAMESPACE, signal) }
  // Where the Gateway cannot be had, nobody waits for it.
  const read: Promise<unknown> = look.kind === 'given' ? look.service : look.services
  read.catch(() => undefined)
  return look
}

function listServices(search: GatewaySearch, namespace: string | undefined, signal: AbortSignal) {
  return readList(search.workloads, coreResource('services', namespace), signal)
}

async function findService(
  search: GatewaySearch,
  first: FirstLook,
  { gateway, selector }: GatewayServer,
  signal: AbortSignal,
): Promise<FoundService> {
  if (first.kind === 'given') return first.service
  const selectorText = Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
  const namespaces = [...new Set([...USUAL_NAMESPACES, gateway.namespace])]
  const seen: string[] = []
  for (const namespace of namespaces) {
    const read = await (namespace === FIRST_NAMESPACE
      ? first.services
      : listServices(search, namespace, signal))
    const services = read.kind === 'found' ? read.value : []
    const service = preferred(services.filter((known) => selects(known, selector)))
    if (service) return { service }
    if (read.kind !== 'denied') seen.push(namespace)
  }
  const everywhere = coreResource('services', undefined)
  const all = await readList(search.workloads, everywhere, signal)
  const services = all.kind === 'found' ? all.value : []
  const far = preferred(services.filter((known) => selects(known, selector)))
  if (far) return { service: far }
  if (all.kind === 'denied' && seen.length === 0) {
    return {
      finding: problem(
        'access',
        `listing services is not allowed, so the gateway's address cannot be found`,
        `${grantingRule(coreResource('services', 'istio-system'))}\nOr give gateway-service: namespace/name. ${GIVE_ENDPOINT}`,
      ),
    }
  }
  const [looked, grant] =
    all.kind === 'denied'
      ? [
          ` in ${seen.join(', ')}, which may be looked at`,
          `To have all namespaces looked at: ${grantingRule(everywhere)}\n`,
        ]
      : ['', '']
  return {
    finding: problem(
      'preflight',
      `no Service selects the workload of Gateway ${gateway.namespace}/${gateway.name} (${selectorText || 'it has no selector'})${looked} on ${search.workloads.server}`,
      `${grant}Give gateway-kubeconfig, if Services and Pods are behind another API server; or gateway-service: namespace/name. ${GIVE_ENDPOINT}`,
    ),
  }
}

async function readGivenService(
  search: GatewaySearch,
  given: NamespacedName,
  signal: AbortSignal,
): Promise<FoundService> {
  const resource = coreResource('services', given.namespace, given.name)
  const read = await readObject(search.workloads, resource, signal)
  if (read.kind === 'found') return { service: read.value }
  if (read.kind === 'denied')
    return {
      finding: problem(
        'access',
        `reading gateway-service ${given.namespace}/${given.name} is not allowed`,
        grantingRule(resource),
      ),
    }
  return {
    finding: problem(
      'preflight',
      `there is no Service ${given.namespace}/${given.name}, which gateway-service names, on ${search.workloads.server}`,
      `See what there is:\n  kubectl --namespace ${shellQuoted(given.namespace)} get services`,
    ),
  }
}

/** A Service in front of the gateway's Pods has their labels, or more, in its selector. */
function selects(service: JsonObject, selector: Readonly<Record<string, string>>): boolean {
  const own = labelsAt(service, 'spec', 'selector')
  const wanted = Object.entries(selector)
  // A Gateway without a selector is for every gateway, so nobody can tell which is meant.
  return wanted.length > 0 && wanted.every(([key, value]) => own[key] === value)
}

/** Beside a load balancer's Service there may be headless and internal ones for the same Pods. */
function preferred(services: readonly JsonObject[]): JsonObject | undefined {
  const byType = ['LoadBalancer', 'NodePort'].flatMap((type) =>
    services.filter((service) => textAt(service, 'spec', 'type') === type),
  )
  return byType[0] ?? services[0]
}

async function addressOf(
  search: GatewaySearch,
  service: JsonObject,
  server: GatewayServer,
  signal: AbortSignal,
): Promise<FoundAddress> {
  const name = `${textAt(service, 'metadata', 'namespace')}/${textAt(service, 'metadata', 'name')}`
  const ports = objectsAt(service, 'spec', 'ports')
  const port =
    ports.find((known) => numberAt(known, 'port') === server.port) ??
    ports.find((known) => server.portName !== '' && textAt(known, 'name') === server.portName) ??
    ports.find((known) => numberAt(known, 'targetPort') === server.port)
  const portNumber = numberAt(port, 'port')
  if (portNumber === undefined) {
    return failed(
      problem(
        'preflight',
        `Service ${name} has no port ${server.port} and none named ${server.portName || 'as the Gateway names it'}`,
        `Add the port to the Service. ${GIVE_ENDPOINT}`,
      ),
    )
  }
  const [balancer] = objectsAt(service, 'status', 'loadBalancer', 'ingress')
  const balanced = textAt(balancer, 'ip') ?? textAt(balancer, 'hostname')
  if (balanced !== undefined) {
    const endpoint = { host: balanced, port: portNumber }
    return { ok: true, endpoint, how: `load balancer of Service ${name}` }
  }
  const [external] = textsAt(service, 'spec', 'externalIPs')
  if (external !== undefined) {
    const endpoint = { host: external, port: portNumber }
    return { ok: true, endpoint, how: `external IP of Service ${name}` }
  }
  const nodePort = numberAt(port, 'nodePort')
  if (nodePort === undefined) {
    return failed(
      problem(
        'preflight',
        `Service ${name} has no address that can be reached from outside: no load balancer, no node port`,
        `Wait for its load balancer:\n  kubectl --namespace ${shellQuoted(name.split('/')[0] ?? '')} get service ${shellQuoted(name.split('/')[1] ?? '')} --watch\n${GIVE_ENDPOINT}`,
      ),
    )
  }
  return nodeAddress(search, name, nodePort, signal)
}

async function nodeAddress(
  search: GatewaySearch,
  service: string,
  nodePort: number,
  signal: AbortSignal,
): Promise<FoundAddress> {
  const resource = coreResource('nodes', undefined)
  const read = await readList(search.workloads, resource, signal)
  if (read.kind === 'denied') {
    return failed(
      problem(
        'access',
        `Service ${service} has no load balancer, only node port ${nodePort}, and listing nodes is not allowed`,
        `${grantingRule(resource)}\nOr give endpoint: a node's address and port ${nodePort}.`,
      ),
    )
  }
  const addresses = (read.kind === 'found' ? read.value : []).flatMap((node) =>
    objectsAt(node, 'status', 'addresses'),
  )
  for (const type of ['ExternalIP', 'InternalIP']) {
    const host = textAt(
      addresses.find((address) => textAt(address, 'type') === type),
      'address',
    )
    if (host !== undefined)
      return {
        ok: true,
        endpoint: { host, port: nodePort },
        how: `${type} of a node and node port of Service ${service}`,
      }
  }
  return failed(
    problem(
      'preflight',
      `Service ${service} has only node port ${nodePort}, and no node has an address`,
      `Give endpoint: a node's address and port ${nodePort}.`,
    ),
  )
}

function failed(finding: Finding): FoundAddress {
  return { ok: false, finding }
}
