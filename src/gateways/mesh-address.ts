import type { Endpoint } from '../kube/endpoint.ts'
import type { JsonObject } from '../kube/json.ts'
import type { NamespacedName } from '../kube/names.ts'
import { coreResource, grantingRule, readObject } from '../kube/resources.ts'
import { type Problem, problem } from '../problem/problem.ts'
import { MESH_GATEWAY, portsOf, type Rule } from '../routes/rule.ts'
import { type FoundGateway, type GatewaySearch, NOTHING_FOUND } from './gateway-search.ts'
import { concreteHosts } from './host-names.ts'
import { otherHosts } from './not-probed.ts'
import { type ServicePort, tcpPorts } from './service-ports.ts'

/** What clients in the mesh ask for to get to a rule. */
export type MeshTarget = {
  /** The hosts that the rule's object names. */
  hosts: readonly string[]
  /** The first Service among them, if there is one. */
  service: NamespacedName | undefined
  /** The port of the Service that the object names. */
  port?: number | undefined
}

/** Where a client in the mesh gets to a rule of the mesh itself: at the Service that the rule is for, or at a given endpoint. */
export async function findMeshAddress(
  search: GatewaySearch,
  target: MeshTarget,
  endpoint: Endpoint | undefined,
  signal: AbortSignal,
): Promise<FoundGateway> {
  const { rule, client, probeHost } = search
  const hosts = concreteHosts(target.hosts)
  const known = { ...NOTHING_FOUND, hosts }
  const place = await placeOf(search, target, signal)
  if ('finding' in place && endpoint === undefined) return { ...known, findings: [place.finding] }
  const found = 'finding' in place ? undefined : place
  const port = found?.port ?? endpoint?.port ?? 80
  const to = endpoint ?? { host: found?.host ?? '', port }
  return {
    ...known,
    address: { endpoints: [to], how: endpoint ? 'the input endpoint' : (found?.how ?? '') },
    arrival: { gateway: MESH_GATEWAY, port, ...(client && { pods: client }) },
    findings: otherHosts(rule, target.hosts, probeHost ?? hosts[0]),
  }
}

type Place = { host: string; port: number; how: string } | { finding: Problem }

async function placeOf(
  search: GatewaySearch,
  { hosts, service, port: named }: MeshTarget,
  signal: AbortSignal,
): Promise<Place> {
  const own = named ?? search.routePort ?? meshPort(search.rule)
  if (service === undefined) {
    const [host] = concreteHosts(hosts)
    if (host !== undefined && own !== undefined)
      return { host, port: own, how: `host ${host} of the mesh` }
    return { finding: notKnown('the rule names no Service, and no port') }
  }
  const { namespace, name } = service
  const host = `${name}.${namespace}.svc`
  const how = `Service ${namespace}/${name}`
  if (own !== undefined) return { host, port: own, how }
  const resource = coreResource('services', namespace, name)
  const read = await readObject(search.workloads, resource, signal)
  if (read.kind === 'denied')
    return {
      finding: problem(
        'ITS-FORBIDDEN',
        `The port of Service ${namespace}/${name} cannot be found, because reading the Service is not allowed.`,
        `${grantingRule(resource)}\nOr set endpoint to ${host}:PORT.`,
      ),
    }
  if (read.kind === 'missing')
    return { finding: notKnown(`Service ${namespace}/${name} does not exist`) }
  const port = fittingPort(read.value, search.rule)
  if (port === undefined)
    return { finding: notKnown(`Service ${namespace}/${name} has no TCP port`) }
  return { host, port, how }
}

/** The first port that the rule takes in the mesh; undefined: it takes all. */
function meshPort({ listeners }: Rule): number | undefined {
  return portsOf({ listeners: listeners.filter(({ gateway }) => gateway === MESH_GATEWAY) })[0]
}

const HTTP = /^(?:http|http2|grpc|grpc-web)(?:-|$)/

/** The port of a destination, else the first one that is named for the rule's protocol, as Istio requires it. */
function fittingPort(service: JsonObject, rule: Rule): number | undefined {
  const ports = tcpPorts(service)
  const ofDestination = rule.destinations.map(({ port }) => port)
  const isHttp = rule.protocol === 'http' || rule.protocol === 'grpc'
  const fits = ({ name }: ServicePort) => HTTP.test(name) === isHttp
  const found =
    ports.find(({ port }) => ofDestination.includes(port)) ?? ports.find(fits) ?? ports[0]
  return found?.port
}

function notKnown(why: string): Problem {
  return problem(
    'ITS-NO-GATEWAY',
    `Where clients in the mesh call the rule is not known: ${why}.`,
    'Set endpoint to the host:port that they call.',
  )
}
