import { kubectl } from '../kube/kubectl.ts'
import { grantingRule, ISTIO_NETWORKING, type Resource, readObject } from '../kube/resources.ts'
import { type Problem, problem, warning } from '../problem/problem.ts'
import { boundGateways } from '../routes/istio/rules/listeners.ts'
import type { Rule } from '../routes/rule.ts'
import { type AtServer, boundHosts } from './first-taker.ts'
import {
  admits,
  type GatewayObject,
  gatewayName,
  parseGateway,
  protocolText,
  type Server,
  takesTcp,
} from './gateway-object.ts'
import { type GatewaySearch, GIVE_ENDPOINT } from './gateway-search.ts'

/** The servers of a Gateway whose connections the rule gets, the preferred one first. */
export type FoundServers = { gateway: GatewayObject; servers: [Server, ...Server[]] }

/** The servers of a Gateway that the rule is for: the one on the port that `route` names, else all. */
export async function readServers(
  search: GatewaySearch,
  gateway: string,
  signal: AbortSignal,
): Promise<FoundServers | { finding: Problem }> {
  const [namespace = '', ...rest] = gateway.split('/')
  const name = rest.join('/')
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
        'ITS-FORBIDDEN',
        `The address of the gateway cannot be found, because reading Gateway ${gateway} is not allowed.`,
        `${grantingRule(resource)}\n${GIVE_ENDPOINT}`,
      ),
    }
  }
  const parsed = read.kind === 'found' ? parseGateway(read.value) : undefined
  if (parsed === undefined) {
    return {
      finding: problem(
        'ITS-GATEWAY-NOT-FOUND',
        `Gateway ${gateway}, which the rule names, does not exist.`,
        `List the Gateways:\n  ${kubectl(search.api, namespace)} get gateways.networking.istio.io`,
      ),
    }
  }
  return chooseServers(search, parsed)
}

/**
 * The servers of a Gateway that a run can connect to. Plain-text servers come first, because a probe without TLS gets no
 * reply from the others. Pure.
 */
export function chooseServers(
  search: Pick<GatewaySearch, 'rule' | 'object' | 'routePort'>,
  gateway: GatewayObject,
): FoundServers | { finding: Problem } {
  const { routePort } = search
  const fitting = fittingServers(search, gateway).filter(
    ({ port }) => routePort === undefined || port === routePort,
  )
  const [first, ...others] = [
    ...fitting.filter(({ tls }) => tls === undefined),
    ...fitting.filter(({ tls }) => tls !== undefined),
  ]
  if (first === undefined) return { finding: noServer(search, gateway) }
  return { gateway, servers: [first, ...others] }
}

/** A warning if the rule also gets the connections of ports that the run does not connect to. */
export function notProbed({ gateway, server }: AtServer, servers: readonly Server[]): Problem[] {
  const ports = new Set(servers.map(({ port }) => port).filter((port) => port !== server.port))
  const [other] = ports
  if (other === undefined) return []
  return [
    warning(
      'ITS-OTHER-PORT-NOT-CHECKED',
      `The run connects only to port ${server.port} of Gateway ${gatewayName(gateway)}. The rule also gets the connections of port ${[...ports].join(', ')}. The split there is not checked.`,
      `To check another port, name it:\n  route: tcp:${other}`,
    ),
  ]
}

/** The servers of a Gateway whose connections the rule gets, unless another object comes first. */
export function fittingServers(
  { rule, object }: Pick<GatewaySearch, 'rule' | 'object'>,
  gateway: GatewayObject,
): Server[] {
  return gateway.servers.filter((server) => unfitness(rule, gateway, server, object) === undefined)
}

/** Why the rule does not get a server's connections; undefined if it gets them. */
function unfitness(
  rule: Rule,
  gateway: GatewayObject,
  server: Server,
  object: GatewaySearch['object'],
): string | undefined {
  const name = gatewayName(gateway)
  const onPort = rule.listeners.some(
    ({ gateway: bound, port }) => bound === name && (port === undefined || port === server.port),
  )
  if (!takesTcp(server)) return `is ${protocolText(server)}`
  if (!onPort) return 'is not matched by the rule'
  if (!boundGateways(object).includes(name))
    return `belongs to a Gateway that spec.gateways of ${object.name} does not name`
  const { hosts, namespace } = boundHosts(object)
  if (admits(server, gateway.namespace, { hosts, namespace })) return undefined
  return `admits ${server.hosts.join(', ')}, but not host ${hosts.join(', ')} of namespace ${namespace}`
}

function noServer(
  { rule, object, routePort }: Pick<GatewaySearch, 'rule' | 'object' | 'routePort'>,
  gateway: GatewayObject,
): Problem {
  const name = gatewayName(gateway)
  const ports = rule.listeners.flatMap((listener) =>
    listener.gateway === name && listener.port !== undefined ? [listener.port] : [],
  )
  const wanted =
    routePort !== undefined
      ? ` on port ${routePort}, which route names`
      : ports.length > 0
        ? ` on port ${[...new Set(ports)].join(' or ')}, which the rule matches`
        : ''
  const reasons = gateway.servers.map((server) => {
    const why = unfitness(rule, gateway, server, object) ?? 'fits'
    return `port ${server.port} ${why}`
  })
  return problem(
    'ITS-NO-MATCHING-SERVER',
    `Gateway ${name} has no server for this rule${wanted}: ${reasons.join('; ') || 'it has no servers'}.`,
    `Add such a server to the Gateway, or bind ${object.name} to a Gateway that has one. ${GIVE_ENDPOINT}`,
  )
}
