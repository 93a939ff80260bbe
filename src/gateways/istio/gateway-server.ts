import { kubectl } from '../../kube/kubectl.ts'
import { grantingRule, ISTIO_NETWORKING, type Resource, readObject } from '../../kube/resources.ts'
import { type Problem, problem } from '../../problem/problem.ts'
import { hostsOf } from '../../routes/istio/host.ts'
import { boundGateways } from '../../routes/istio/rules/listeners.ts'
import { coversHost as covers } from '../../routes/match/virtual-host.ts'
import { type GatewaySearch, GIVE_ENDPOINT } from '../gateway-search.ts'
import { findHostElsewhere } from '../probe-host.ts'
import {
  type GatewayObject,
  gatewayName,
  isHttp,
  parseGateway,
  protocolText,
  type Server,
  takes,
} from './gateway-object.ts'
import { admittedHosts, reachedHosts } from './server-hosts.ts'
import { boundHosts } from './shadowing/first-taker.ts'

/** The servers of a Gateway whose connections the rule gets, the preferred one first. */
export type FoundServers = { gateway: GatewayObject; servers: [Server, ...Server[]] }

/** The servers of a Gateway that the rule is for: the one on the port that `route` names, else all. */
export async function readServers(
  search: GatewaySearch,
  gateway: string,
  signal: AbortSignal,
): Promise<FoundServers | { finding: Problem }> {
  const resource = gatewayResource(search, gateway)
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
        `List the Gateways:\n  ${kubectl(search.api, resource.namespace)} get gateways.networking.istio.io`,
      ),
    }
  }
  return chooseServers(search, parsed)
}

export function gatewayResource(
  { apiVersion }: Pick<GatewaySearch, 'apiVersion'>,
  gateway: string,
): Resource {
  const [namespace = '', ...rest] = gateway.split('/')
  return {
    group: ISTIO_NETWORKING,
    version: apiVersion,
    plural: 'gateways',
    namespace,
    name: rest.join('/'),
  }
}

/** The rule, and what the inputs say about where its traffic is looked for. */
type ForRule = Pick<GatewaySearch, 'rule' | 'object' | 'routePort' | 'probeHost'>

/**
 * The servers of a Gateway that a run can connect to. For tcp rules, plain-text servers come first, because a probe
 * without TLS gets no reply from the others. Pure.
 */
export function chooseServers(
  search: ForRule,
  gateway: GatewayObject,
): FoundServers | { finding: Problem } {
  const { routePort, rule } = search
  const elsewhere = findHostElsewhere(search, hostsOf(search.object))
  if (elsewhere) return { finding: elsewhere }
  const fitting = fittingServers(search, gateway).filter(
    ({ port }) => routePort === undefined || port === routePort,
  )
  const plainFirst = [
    ...fitting.filter(({ tls }) => tls === undefined),
    ...fitting.filter(({ tls }) => tls !== undefined),
  ]
  const [first, ...others] = rule.protocol === 'tcp' ? plainFirst : fitting
  if (first === undefined) return { finding: noServer(search, gateway) }
  return { gateway, servers: [first, ...others] }
}

/** The servers of a Gateway whose traffic the rule gets, unless another object comes first. */
export function fittingServers(
  search: Omit<ForRule, 'routePort'>,
  gateway: GatewayObject,
): Server[] {
  return gateway.servers.filter((server) => unfitness(search, gateway, server) === undefined)
}

/** Why the rule does not get a server's traffic; undefined if it gets some. */
function unfitness(
  { rule, object, probeHost }: Omit<ForRule, 'routePort'>,
  gateway: GatewayObject,
  server: Server,
): string | undefined {
  const name = gatewayName(gateway)
  const onPort = rule.listeners.some(
    ({ gateway: bound, port }) => bound === name && (port === undefined || port === server.port),
  )
  if (!takes(server, rule.protocol)) return `is ${protocolText(server)}`
  if (!onPort) return 'is not matched by the rule'
  if (!boundGateways(object).includes(name))
    return `belongs to a Gateway that spec.gateways of ${object.name} does not name`
  const admitted = admittedHosts({ gateway, server }, object)
  if (admitted.length === 0) {
    const { hosts, namespace } = boundHosts(object)
    return `admits ${server.hosts.join(', ')}, but not host ${hosts.join(', ')} of namespace ${namespace}`
  }
  if (rule.protocol === 'tcp') return undefined
  const reached = reachedHosts({ gateway, server }, object, rule)
  const isHostless = probeHost === undefined
  const isReached = isHostless
    ? reached.length > 0
    : reached.some((one) => covers(one, probeHost.toLowerCase()))
  if (isReached) return undefined
  if (!isHostless && !admitted.some((one) => covers(one, probeHost.toLowerCase())))
    return `does not admit host ${probeHost}, which probe-host names`
  return isHttp(server)
    ? `redirects ${probeHost ?? admitted.join(', ')} to HTTPS`
    : `has no connection for ${probeHost ?? admitted.join(', ')}, because another server of the port has the name`
}

function noServer(search: ForRule, gateway: GatewayObject): Problem {
  const { rule, object, routePort } = search
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
    const why = unfitness(search, gateway, server) ?? 'fits'
    return `port ${server.port} ${why}`
  })
  return problem(
    'ITS-NO-MATCHING-SERVER',
    `Gateway ${name} has no server for this rule${wanted}: ${reasons.join('; ') || 'it has no servers'}.`,
    `Add such a server to the Gateway, or bind ${object.name} to a Gateway that has one. ${GIVE_ENDPOINT}`,
  )
}
