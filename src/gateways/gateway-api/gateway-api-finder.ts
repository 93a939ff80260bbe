import type { Endpoint } from '../../kube/endpoint.ts'
import { hostnamesOf, parentsOf } from '../../routes/gateway-api/rules/listeners.ts'
import { isOfMesh } from '../../routes/rule.ts'
import type { GatewayFinder } from '../gateway-finder.ts'
import { podsOf } from '../gateway-pods.ts'
import type { FoundGateway, GatewaySearch } from '../gateway-search.ts'
import { concreteHosts } from '../host-names.ts'
import { findMeshAddress } from '../mesh-address.ts'
import { otherHosts, otherPorts } from '../not-probed.ts'
import { lookAtEndpoint } from './at-endpoint.ts'
import { arrivalAt, type FoundListener, NO_LISTENER } from './found-listener.ts'
import { addressOf } from './listener-address.ts'
import { reachedHosts } from './listener-hosts.ts'
import {
  attachedToNone,
  notProgrammed,
  otherGateways,
  unsupportedParents,
} from './parent-problems.ts'
import { findProxies } from './proxies-of-parents.ts'
import { fittingOf, readParents } from './read-parents.ts'
import { findShadowing } from './shadowing/shadowing.ts'

/** Gateways of the Gateway API, for its routes. */
export const GATEWAY_API_FINDER: GatewayFinder = {
  locate,
  findShadowing,
  findProxies,
}

async function locate(
  search: GatewaySearch,
  endpoint: Endpoint | undefined,
  signal: AbortSignal,
): Promise<FoundGateway> {
  const services = servicesOf(search)
  const [service] = services
  if (search.client && isOfMesh(search.rule) && service) {
    const own = hostnamesOf(search.object).filter((host) => host !== '*')
    const hosts = services.map((one) => `${one.name}.${one.namespace}.svc.cluster.local`)
    const target = { hosts: own.length > 0 ? own : hosts, service, port: service.port }
    return findMeshAddress(search, target, endpoint, signal)
  }
  return endpoint && !isOnlyOfMesh(search)
    ? lookAtEndpoint(search, endpoint, signal)
    : findListener(search, signal)
}

/** Whether a route is for clients in the mesh only, so that no endpoint leads to its rules from elsewhere. */
function isOnlyOfMesh({ object, rule }: GatewaySearch): boolean {
  return isOfMesh(rule) && parentsOf(object).every(({ kind }) => kind === 'service')
}

/** The Services that a route is for, each as its clients call it. */
function servicesOf({ object }: GatewaySearch) {
  return parentsOf(object).filter(({ kind }) => kind === 'service')
}

/** Finds where connections reach the rule: the first listener of its parents that fits, at the address of the Gateway. */
async function findListener(search: GatewaySearch, signal: AbortSignal): Promise<FoundListener> {
  const { rule, object } = search
  const read = await readParents(search, signal)
  const [first] = read
  if (first === undefined)
    return { ...NO_LISTENER, fitting: [], findings: [attachedToNone(search)] }
  const [own, ...others] = read.filter((one) => one.kind === 'found')
  if (own === undefined)
    return { ...NO_LISTENER, fitting: [], findings: first.kind === 'unfit' ? [first.finding] : [] }
  const { listener, service, found } = await addressOf(search, own, signal)
  const at = { gateway: own.gateway, listener }
  const reached = reachedHosts(at, object)
  const hosts = concreteHosts(reached)
  const findings = [
    ...notProgrammed(own.gateway),
    ...otherPorts(search, arrivalAt(at), own.listeners),
    ...otherHosts(rule, reached, search.probeHost ?? hosts[0]),
    ...otherGateways(
      rule,
      own.name,
      others.map(({ name }) => name),
    ),
    ...unsupportedParents(search),
  ]
  const isFound = !('finding' in found)
  return {
    at,
    fitting: fittingOf(read),
    arrival: arrivalAt(at),
    pods: service && podsOf(service, {}),
    tls: listener.tls,
    hosts,
    address: isFound ? found : undefined,
    findings: isFound ? findings : [...findings, found.finding],
  }
}
