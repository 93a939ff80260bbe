import type { Endpoint } from '../../kube/endpoint.ts'
import { textsAt } from '../../kube/json.ts'
import { hostsOf } from '../../routes/istio/host.ts'
import { gatewaysOf, MESH_GATEWAY } from '../../routes/rule.ts'
import type { GatewaySearch } from '../gateway-search.ts'
import { concreteHosts } from '../host-names.ts'
import { otherHosts } from '../not-probed.ts'
import { notRequired } from '../not-required.ts'
import { arrivalAt, type FoundServer, NO_SERVER } from './found-server.ts'
import { tlsOf } from './gateway-object.ts'
import { gatewayResource, readServers } from './gateway-server.ts'
import { reachedHosts } from './server-hosts.ts'
import type { AtServer } from './shadowing/first-taker.ts'

/**
 * What the Gateways of the rule show about a given endpoint: what a probe asks for there, and whether it speaks TLS. The
 * server is the one with the endpoint's port, or the only one. For tcp rules nothing is read.
 */
export async function lookAtEndpoint(
  search: GatewaySearch,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<FoundServer> {
  const address = { endpoints: [endpoint], how: 'the input endpoint' } as const
  if (search.rule.protocol === 'tcp') return { ...NO_SERVER, address }
  const gateways = gatewaysOf(search.rule).filter((name) => name !== MESH_GATEWAY)
  const read = await Promise.all(gateways.map((name) => readServers(search, name, signal)))
  const servers = read.flatMap((found) =>
    'finding' in found
      ? []
      : found.servers.map((server): AtServer => ({ gateway: found.gateway, server })),
  )
  const findings = read.flatMap((found, index) =>
    'finding' in found
      ? [notRequired(gatewayResource(search, gateways[index] ?? ''), found.finding)]
      : [],
  )
  const samePort = servers.filter(({ server }) => server.port === endpoint.port)
  const fitting = samePort.length > 0 ? samePort : servers
  const [at, second] = fitting
  if (at === undefined)
    return { ...NO_SERVER, address, hosts: concreteHosts(ownHosts(search)), findings }
  const reached = [
    ...new Set(fitting.flatMap((one) => reachedHosts(one, search.object, search.rule))),
  ]
  const hosts = concreteHosts(reached)
  const modes = new Set(fitting.map(({ server }) => tlsOf(server)))
  const [tls = 'none'] = modes
  const isKnown = second === undefined
  return {
    ...NO_SERVER,
    address,
    // Which one of several servers the endpoint leads to is not known.
    at: isKnown ? at : undefined,
    arrival: isKnown ? arrivalAt(at, undefined) : undefined,
    hosts,
    tls: modes.size === 1 ? tls : 'none',
    findings: [...findings, ...otherHosts(search.rule, reached, search.probeHost ?? hosts[0])],
  }
}

/** The hosts of the rule, whatever its Gateway admits. */
function ownHosts({ object, rule }: GatewaySearch): string[] {
  return rule.protocol === 'tls'
    ? rule.listeners.flatMap(({ match }) => textsAt(match, 'sniHosts'))
    : hostsOf(object)
}
