import { textsAt } from '../../kube/json.ts'
import { coversHost, isWildcard, virtualHostFor } from '../../routes/match/virtual-host.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Rule } from '../../routes/rule.ts'
import { isWithin } from '../host-names.ts'
import { gatewayName, isHttp, offeredHosts, terminatesTls } from './gateway-object.ts'
import { type AtServer, boundHosts } from './shadowing/first-taker.ts'

/**
 * The hosts of an object that a server admits, in the object's order. Of two hosts that overlap, the narrower one counts.
 * Source: istio, host.Names.Intersection.
 */
export function admittedHosts({ gateway, server }: AtServer, object: RouteObject): string[] {
  const { namespace, hosts } = boundHosts(object)
  const offered = offeredHosts(server, gateway.namespace, namespace)
  const admitted = hosts.flatMap((host) =>
    offered.flatMap((one) => {
      if (isWithin(host, one)) return [host]
      return isWithin(one, host) ? [one] : []
    }),
  )
  return [...new Set(admitted)]
}

/**
 * The hosts at a server that traffic can reach the rule with: of http rules those that are not redirected to HTTPS, of tls
 * rules their names. Where TLS ends at the gateway, the name chooses the server too.
 */
export function reachedHosts(at: AtServer, object: RouteObject, rule: Rule): string[] {
  const admitted = admittedHosts(at, object)
  if (rule.protocol === 'tls') return namesOf(at, rule, admitted)
  return admitted.filter((host) => !isRedirected(at, object, host) && isOwnName(at, host))
}

/** Whether requests for a host are only sent to HTTPS. A server on the same port that does so decides it for all. */
export function isRedirected({ gateway, server }: AtServer, object: RouteObject, host: string) {
  return gateway.servers.some(
    (one) =>
      one.port === server.port &&
      isHttp(one) &&
      one.tls?.redirects === true &&
      admittedHosts({ gateway, server: one }, object).includes(host),
  )
}

/** Whether a TLS connection with this name belongs to this server, and not to one with a narrower name on the port. */
function isOwnName({ gateway, server }: AtServer, host: string): boolean {
  if (!terminatesTls(server) || isWildcard(host)) return true
  const names = gateway.servers
    .filter((one) => one.port === server.port && terminatesTls(one))
    .flatMap((one) => namesOfServer(one))
  const best = virtualHostFor(names, host)
  return namesOfServer(server).some((name) => name.toLowerCase() === best)
}

function namesOfServer({ hosts }: AtServer['server']): string[] {
  return hosts.map((host) => host.slice(host.indexOf('/') + 1))
}

/** The names of a tls rule at a server, and the concrete hosts of its object that its wildcards cover. */
function namesOf({ gateway, server }: AtServer, rule: Rule, admitted: readonly string[]) {
  const names = rule.listeners
    .filter(
      ({ gateway: bound, port }) =>
        bound === gatewayName(gateway) && (port === undefined || port === server.port),
    )
    .flatMap(({ match }) => textsAt(match, 'sniHosts'))
  const covered = admitted.filter(
    (host) => !isWildcard(host) && names.some((name) => coversHost(name, host)),
  )
  return [...new Set([...names.filter((name) => !isWildcard(name)), ...covered, ...names])]
}
