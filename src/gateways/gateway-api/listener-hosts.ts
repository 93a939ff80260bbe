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

/**
 * The admitted hosts that no other listener of the port takes because its hostname is more specific. Listeners of
 * another protocol on a port do not compare: the gateway separates them first.
 */
export function reachedHosts(
  { gateway, listener }: { gateway: GatewayObject; listener: GatewayListener },
  route: Pick<RouteObject, 'spec'>,
): string[] {
  const hostnames = gateway.listeners
    .filter(({ port, protocol }) => port === listener.port && protocol === listener.protocol)
    .map(({ hostname }) => hostname.toLowerCase())
  const own = listener.hostname.toLowerCase()
  return admittedHosts(listener, route).filter((host) => {
    if (!isWildcard(host)) return virtualHostFor(hostnames, host) === own
    return !hostnames.some((one) => one.length > own.length && isWithin(host, one))
  })
}

/** Whether a listener's route has a host that covers one to ask for. */
export function reaches(hosts: readonly string[], host: string): boolean {
  return hosts.some((one) => coversHost(one, host.toLowerCase()))
}
