import { hostnamesOf } from '../../routes/gateway-api/rules/listeners.ts'
import { coversHost, isWildcard, virtualHostFor } from '../../routes/match/virtual-host.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { isWithin } from '../host-names.ts'
import type { GatewayListener, GatewayObject } from './gateway-object.ts'

/** The hosts of a route that a listener admits, in the route's order. Of two that overlap, the narrower one counts. */
export function admittedHosts(
  { hostname }: Pick<GatewayListener, 'hostname'>,
  route: Pick<RouteObject, 'spec'>,
): string[] {
  const offered = hostname.toLowerCase()
  const admitted = hostnamesOf(route).flatMap((written) => {
    const host = written.toLowerCase()
    if (isWithin(host, offered)) return [host]
    return isWithin(offered, host) ? [offered] : []
  })
  return [...new Set(admitted)]
}

type At = { gateway: GatewayObject; listener: GatewayListener }

/**
 * The admitted hosts that no other listener of the port takes because its hostname is more specific. Of a wildcard, some
 * names may be left.
 */
export function reachedHosts(at: At, route: Pick<RouteObject, 'spec'>): string[] {
  const own = at.listener.hostname.toLowerCase()
  return admittedHosts(at.listener, route).filter((host) =>
    isWildcard(host)
      ? !hostnamesOnPort(at).some((one) => one.length > own.length && isWithin(host, one))
      : isOwnName(at, host),
  )
}

/** Whether requests or connections for a concrete host reach a route at a listener. */
export function isReached(at: At, route: Pick<RouteObject, 'spec'>, host: string): boolean {
  return admits(admittedHosts(at.listener, route), host) && isOwnName(at, host)
}

/** Whether one of several hosts covers a concrete one. */
export function admits(hosts: readonly string[], host: string): boolean {
  return hosts.some((one) => coversHost(one, host.toLowerCase()))
}

function isOwnName(at: At, host: string): boolean {
  return virtualHostFor(hostnamesOnPort(at), host) === at.listener.hostname.toLowerCase()
}

/** Listeners of another protocol on a port do not compare: the gateway separates them first. */
function hostnamesOnPort({ gateway, listener }: At): string[] {
  return gateway.listeners
    .filter(({ port, protocol }) => port === listener.port && protocol === listener.protocol)
    .map(({ hostname }) => hostname.toLowerCase())
}
