import type { Endpoint } from '../kube/endpoint.ts'
import { endpointText } from '../kube/endpoint.ts'
import { type JsonObject, labelsAt, objectsAt, textAt, textsAt } from '../kube/json.ts'
import { kubectl } from '../kube/kubectl.ts'
import { coreResource, grantingRule, readList } from '../kube/resources.ts'
import { type Problem, problem } from '../problem/problem.ts'
import { shellQuoted } from '../problem/shell-quoted.ts'
import { type FoundAddress, type GatewaySearch, GIVE_ENDPOINT } from './gateway-search.ts'
import { namedPorts, portTo, type ServicePort, tcpPorts } from './service-ports.ts'

type Addresses = FoundAddress | { finding: Problem }

/** A listener of a Gateway: a port, and the name that a port of a Service may share. */
export type GatewayPort = { port: number; portName: string }

/** A Service, a listener, and the addresses at which the Service leads to it. */
type Reached<L> = { service: JsonObject; listener: L; found: Addresses }

/**
 * Where connections from outside reach a listener: the addresses of the first of several Services for the same Pods that
 * leads there. The others are named, in case no address of that one accepts connections from here.
 */
export async function addressesOfAny<L extends GatewayPort>(
  search: GatewaySearch,
  services: readonly [JsonObject, ...JsonObject[]],
  listeners: readonly [L, ...L[]],
  signal: AbortSignal,
): Promise<Reached<L>> {
  const tryOne = async (service: JsonObject): Promise<Reached<L>> => ({
    service,
    ...(await addressesOf(search, service, listeners, signal)),
  })
  const [first, ...others] = services
  const preferred = await tryOne(first)
  let reached = preferred
  while ('finding' in reached.found) {
    const next = others.shift()
    // The problem of the preferred one is the most useful.
    if (next === undefined) return preferred
    reached = await tryOne(next)
  }
  const instead = others.map((service) => `gateway-service: ${nameOf(service)}`)
  const { found } = reached
  return { ...reached, found: { ...found, instead: [...(found.instead ?? []), ...instead] } }
}

/**
 * Where connections from outside reach the first of several listeners that the Service has a port for: every address of
 * the load balancer and the external IPs, or a port of the nodes.
 */
async function addressesOf<L extends GatewayPort>(
  search: GatewaySearch,
  service: JsonObject,
  listeners: readonly [L, ...L[]],
  signal: AbortSignal,
): Promise<Pick<Reached<L>, 'listener' | 'found'>> {
  for (const listener of listeners) {
    const port = await findPort(search, service, listener, signal)
    if (port) return { listener, found: await addressesAt(search, service, port, signal) }
  }
  const [listener] = listeners
  return { listener, found: { finding: noPort(nameOf(service), listener, tcpPorts(service)) } }
}

function nameOf(service: JsonObject): string {
  return `${textAt(service, 'metadata', 'namespace')}/${textAt(service, 'metadata', 'name')}`
}

async function addressesAt(
  search: GatewaySearch,
  service: JsonObject,
  port: ServicePort,
  signal: AbortSignal,
): Promise<Addresses> {
  const name = nameOf(service)
  if (search.throughApi) {
    const [namespace, own] = name.split('/')
    const endpoint = { host: `${own}.${namespace}.svc`, port: port.port }
    return { endpoints: [endpoint], how: `Service ${name}` }
  }
  const balancers = objectsAt(service, 'status', 'loadBalancer', 'ingress').flatMap((ingress) =>
    [textAt(ingress, 'ip'), textAt(ingress, 'hostname')].filter((host) => host !== undefined),
  )
  const external = textsAt(service, 'spec', 'externalIPs')
  const found = atPort([...balancers, ...external], port.port)
  if (found !== undefined) {
    const how = balancers.length > 0 ? 'load balancer' : 'external IP'
    return { endpoints: found, how: `${how} of Service ${name}` }
  }
  if (port.nodePort === undefined) {
    return {
      finding: problem(
        'ITS-NO-EXTERNAL-ADDRESS',
        `Service ${name} has no address outside of the cluster: it has neither a load balancer nor a node port.`,
        `Wait for its load balancer:\n  ${kubectl(search.workloads, name.split('/')[0])} get service ${shellQuoted(name.split('/')[1] ?? '')} --watch\n${GIVE_ENDPOINT}`,
      ),
    }
  }
  return nodeAddresses(search, name, port.nodePort, signal)
}

/**
 * The Service's port for a listener. If a target port is a name, the Pods are read for its number. If they may not be read,
 * a port with the listener's name counts.
 */
async function findPort(
  search: GatewaySearch,
  service: JsonObject,
  listener: GatewayPort,
  signal: AbortSignal,
): Promise<ServicePort | undefined> {
  const ports = tcpPorts(service)
  const found = portTo(ports, listener.port)
  if (found) return found
  const sameName = () =>
    ports.find(({ name, target }) => name === listener.portName && typeof target === 'string')
  if (ports.every(({ target }) => typeof target === 'number')) return undefined
  const labels = labelsAt(service, 'spec', 'selector')
  if (Object.keys(labels).length === 0) return sameName()
  const namespace = textAt(service, 'metadata', 'namespace')
  const pods = await readList(
    search.workloads,
    { ...coreResource('pods', namespace), labels },
    signal,
  )
  const known = pods.kind === 'found' ? namedPorts(pods.value) : new Map<string, number>()
  return portTo(ports, listener.port, known) ?? (known.size === 0 ? sameName() : undefined)
}

function noPort(service: string, listener: GatewayPort, ports: readonly ServicePort[]): Problem {
  const known = ports.map(({ port, target }) => (target === port ? `${port}` : `${port}:${target}`))
  return problem(
    'ITS-NO-SERVICE-PORT',
    `Service ${service} has no TCP port that leads to port ${listener.port} of the gateway. It has: ${known.join(', ') || 'none'}.`,
    `Add the port to the Service. ${GIVE_ENDPOINT}`,
  )
}

/** undefined without a host. */
function atPort(hosts: readonly string[], port: number): FoundAddress['endpoints'] | undefined {
  const [first, ...others] = [...new Set(hosts)].map((host): Endpoint => ({ host, port }))
  return first === undefined ? undefined : [first, ...others]
}

async function nodeAddresses(
  search: GatewaySearch,
  service: string,
  nodePort: number,
  signal: AbortSignal,
): Promise<Addresses> {
  const resource = coreResource('nodes', undefined)
  const read = await readList(search.workloads, resource, signal)
  if (read.kind === 'denied') {
    return {
      finding: problem(
        'ITS-FORBIDDEN',
        `The address of the gateway cannot be found. Service ${service} has only node port ${nodePort}, and listing Nodes is not allowed.`,
        `${grantingRule(resource)}\nOr set endpoint to the address of a node and port ${nodePort}.`,
      ),
    }
  }
  const addresses = (read.kind === 'found' ? read.value : []).flatMap((node) =>
    objectsAt(node, 'status', 'addresses'),
  )
  const ofType = (wanted: string) =>
    addresses
      .filter((address) => textAt(address, 'type') === wanted)
      .flatMap((address) => textAt(address, 'address') ?? [])
  for (const type of ['ExternalIP', 'InternalIP']) {
    const endpoints = atPort(ofType(type), nodePort)
    if (!endpoints) continue
    const how = `${type} of ${endpoints.length === 1 ? 'a node' : 'nodes'} and node port of Service ${service}`
    const [internal] = type === 'ExternalIP' ? ofType('InternalIP') : []
    const instead =
      internal === undefined
        ? []
        : [`endpoint: ${endpointText({ host: internal, port: nodePort })}`]
    return { endpoints, how, instead }
  }
  return {
    finding: problem(
      'ITS-NO-EXTERNAL-ADDRESS',
      `Service ${service} has only node port ${nodePort}, and no Node has an address.`,
      `Set endpoint to the address of a node and port ${nodePort}.`,
    ),
  }
}
