import type { Endpoint } from '../../kube/endpoint.ts'
import { hostnamesOf } from '../../routes/gateway-api/rules/listeners.ts'
import type { GatewaySearch } from '../gateway-search.ts'
import { concreteHosts } from '../host-names.ts'
import { otherHosts } from '../not-probed.ts'
import { notRequired } from '../not-required.ts'
import { arrivalAt, type FoundListener, NO_LISTENER } from './found-listener.ts'
import { reachedHosts } from './listener-hosts.ts'
import { unsupportedParents } from './parent-problems.ts'
import { gatewayResource } from './read-gateway.ts'
import { fittingOf, readParents } from './read-parents.ts'

/**
 * What the Gateways of the rule show about a given endpoint: what a probe asks for there, and whether it speaks TLS. The
 * listener is the one with the endpoint's port, or the only one. For tcp rules nothing is read.
 */
export async function lookAtEndpoint(
  search: GatewaySearch,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<FoundListener> {
  const { rule, object, probeHost } = search
  const address = { endpoints: [endpoint], how: 'the input endpoint' } as const
  if (rule.protocol === 'tcp') return { ...NO_LISTENER, address }
  const read = await readParents(search, signal)
  const unread = read.flatMap((one) =>
    one.kind === 'unfit' ? [notRequired(gatewayResource(one.name), one.finding)] : [],
  )
  const findings = [...unread, ...unsupportedParents(search)]
  const listeners = fittingOf(read)
  const samePort = listeners.filter(({ listener }) => listener.port === endpoint.port)
  const fitting = samePort.length > 0 ? samePort : listeners
  const [at, second] = fitting
  if (at === undefined)
    return {
      ...NO_LISTENER,
      address,
      fitting: [],
      hosts: concreteHosts(hostnamesOf(object)),
      findings,
    }
  const reached = [...new Set(fitting.flatMap((one) => reachedHosts(one, object)))]
  const hosts = concreteHosts(reached)
  const modes = new Set(fitting.map(({ listener }) => listener.tls))
  const [tls = 'none'] = modes
  // Which one of several listeners the endpoint leads to is not known.
  const known = second === undefined ? { at, arrival: arrivalAt(at) } : {}
  return {
    ...NO_LISTENER,
    ...known,
    address,
    fitting: listeners,
    hosts,
    tls: modes.size === 1 ? tls : 'none',
    findings: [...findings, ...otherHosts(rule, reached, probeHost ?? hosts[0])],
  }
}
