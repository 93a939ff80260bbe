import { type Problem, warning } from '../../problem/problem.ts'
import { gatewaysOf, MESH_GATEWAY, trafficWord } from '../../routes/rule.ts'
import { areSelected, type GatewayPods, podsOf } from '../gateway-pods.ts'
import type { GatewaySearch } from '../gateway-search.ts'
import { findServices, startSearch } from '../gateway-service.ts'
import { concreteHosts } from '../host-names.ts'
import { otherHosts, otherPorts } from '../not-probed.ts'
import { ruleOfMesh } from '../rule-of-mesh.ts'
import { addressesOfAny } from '../service-address.ts'
import { arrivalAt, type FoundServer, NO_SERVER } from './found-server.ts'
import { gatewayName, tlsOf } from './gateway-object.ts'
import { readServers } from './gateway-server.ts'
import { reachedHosts } from './server-hosts.ts'
import type { AtServer } from './shadowing/first-taker.ts'

/**
 * Finds where connections reach the rule: from its Gateway to the Service of the gateway, to the addresses of the load
 * balancer, or of the nodes if there is none.
 */
export async function findGatewayAddress(
  search: GatewaySearch,
  signal: AbortSignal,
): Promise<FoundServer> {
  const gateways = gatewaysOf(search.rule).filter((name) => name !== MESH_GATEWAY)
  if (gateways.length === 0) return { ...NO_SERVER, findings: [boundToNone()] }
  const firstRead = startSearch(search, signal)
  let first: Problem | undefined
  for (const gateway of gateways) {
    const found = await readServers(search, gateway, signal)
    if ('finding' in found) {
      first ??= found.finding
      continue
    }
    const service = await findServices(search, firstRead, found.gateway, signal)
    if ('finding' in service) {
      const at = { gateway: found.gateway, server: found.servers[0] }
      return { ...NO_SERVER, at, arrival: arrivalAt(at, undefined), findings: [service.finding] }
    }
    const reached = await addressesOfAny(search, service.services, found.servers, signal)
    const pods = podsOf(reached.service, found.gateway.selector)
    const at = { gateway: found.gateway, server: reached.listener }
    const { reached: names, ...known } = knownAt(search, at)
    const findings = [
      ...otherPorts(search, arrivalAt(at, pods), found.servers),
      ...otherHosts(search.rule, names, search.probeHost ?? known.hosts[0]),
      ...(await otherPods(search, { gateways, at, pods }, signal)),
    ]
    const place = { at, arrival: arrivalAt(at, pods), pods, ...known }
    return 'finding' in reached.found
      ? { ...place, address: undefined, findings: [...findings, reached.found.finding] }
      : { ...place, address: reached.found, findings }
  }
  return { ...NO_SERVER, findings: [first ?? boundToNone()] }
}

/** What a probe must know about a server. `reached` has wildcards too. */
function knownAt({ object, rule }: GatewaySearch, at: AtServer) {
  const reached = reachedHosts(at, object, rule)
  return { reached, hosts: concreteHosts(reached), tls: tlsOf(at.server) }
}

/** A warning for each other Gateway of the rule that other Pods serve than those that the run connects to. */
async function otherPods(
  search: GatewaySearch,
  { gateways, at, pods }: { gateways: readonly string[]; at: AtServer; pods: GatewayPods },
  signal: AbortSignal,
): Promise<Problem[]> {
  const own = gatewayName(at.gateway)
  const others = gateways.filter((name) => name !== own)
  const read = await Promise.all(others.map((name) => readServers(search, name, signal)))
  return read.flatMap((found) => {
    if ('finding' in found || areSelected(pods, found.gateway.selector)) return []
    const name = gatewayName(found.gateway)
    return [
      warning(
        'ITS-OTHER-GATEWAY-NOT-CHECKED',
        `The run connects only to Gateway ${own}. The rule also gets the ${trafficWord(search.rule)}s of Gateway ${name}, which other Pods serve. The split there is not checked.`,
        `To check the split there too, run verify with endpoint set to the host:port of Gateway ${name}.`,
      ),
    ]
  })
}

/** The error for a rule that no gateway has. */
export function boundToNone(): Problem {
  return ruleOfMesh('The rule applies only to the mesh, not to a gateway.')
}
