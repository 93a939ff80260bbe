import { byAge } from '../../../routes/istio/by-age.ts'
import { areSelected, type GatewayPods } from '../../gateway-pods.ts'
import { type GatewayObject, isHttp } from '../gateway-object.ts'
import type { AtServer } from './first-taker.ts'

/** A server that the gateway does not serve, and the earlier one that has its port. */
export type Skipped = { at: AtServer; by: AtServer }

/**
 * The servers that istiod leaves out if several Gateways select the same Pods. Of the plain-text servers on one port, the
 * oldest Gateway's counts, and the others only if all of them are HTTP. Of the TLS servers on one port, those count that
 * share no host with an earlier one.
 * Source: istio, mergeGateways.
 */
export function skippedServers(
  gateways: readonly GatewayObject[],
  pods: Pick<GatewayPods, 'labels' | 'targetPort' | 'namespace'>,
): Skipped[] {
  const ports: Ports = { plain: new Map(), byHost: new Map() }
  return gateways
    .filter(({ selector }) => areSelected(pods, selector))
    .sort(byAge)
    .flatMap((gateway) => gateway.servers.map((server): AtServer => ({ gateway, server })))
    .flatMap((at) => {
      const by = add(ports, at, pods.targetPort(at.server.port))
      return by ? [{ at, by }] : []
    })
}

/** The servers so far: plain-text servers by the Pods' port, TLS servers by port, address and host. */
type Ports = { plain: Map<number, AtServer>; byHost: Map<string, AtServer> }

/** Adds a server. Returns the earlier one that excludes it. */
function add({ plain, byHost }: Ports, at: AtServer, port: number): AtServer | undefined {
  const { server } = at
  if (server.tls !== undefined) {
    const keys = server.hosts.map((host) => `${port} ${server.bind} ${host}`)
    const by = keys.flatMap((key) => byHost.get(key) ?? [])[0]
    if (by) return by
    for (const key of keys) byHost.set(key, at)
  }
  const earlier = plain.get(port)
  if (earlier?.server.bind === server.bind)
    return isHttp(server) && isHttp(earlier.server) ? undefined : earlier
  if (server.tls === undefined || isHttp(server)) plain.set(port, at)
  return undefined
}
