import { type Finding, problem, shellQuoted } from './finding.ts'
import { type FoundAddress, type GatewaySearch, GIVE_ENDPOINT } from './gateway-search.ts'
import type { GatewayServer } from './gateway-server.ts'
import { type JsonObject, numberAt, objectsAt, textAt, textsAt } from './json.ts'
import { kubectl } from './kubectl.ts'
import { coreResource, grantingRule, readList } from './resources.ts'

/** Where connections reach a Service from outside: its load balancer, an external IP, or a node's port. */
export async function addressOf(
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
        `Wait for its load balancer:\n  ${kubectl(search.workloads.context, name.split('/')[0])} get service ${shellQuoted(name.split('/')[1] ?? '')} --watch\n${GIVE_ENDPOINT}`,
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

/** A search that ends without an address. */
export function failed(finding: Finding): FoundAddress {
  return { ok: false, finding }
}
