import { dig, type Json, listAt, numberAt, parseJson, textAt } from '../../sandbox/objects/json.ts'
import { ADMIN_PORTS, GATEWAY } from './addresses.ts'
import type { ClientName, Replica } from './envoy/proxy-pods.ts'
import { textFrom } from './http.ts'

/**
 * How a replica of the gateway splits the connections to one of its ports, as Envoy reports it: weights by subset or
 * Service.
 * Undefined if it does not listen there.
 */
export async function gatewayRoutes(
  replica: Replica = 'first',
  port: number = GATEWAY.port,
): Promise<Record<string, number> | undefined> {
  const url = `http://127.0.0.1:${ADMIN_PORTS[replica]}/config_dump?resource=dynamic_listeners`
  const dump = parseJson(await textFrom(url))
  const listeners = listAt(dump, 'configs').map((config) => dig(config, 'active_state', 'listener'))
  const listener = listeners.find(
    (known) => numberAt(known, 'address', 'socket_address', 'port_value') === port,
  )
  const proxies = listAt(listener, 'filter_chains')
    .flatMap((chain) => listAt(chain, 'filters'))
    .map((filter) => dig(filter, 'typed_config'))
  const proxy = proxies.find((config) => textAt(config, '@type')?.endsWith('.TcpProxy'))
  return proxy === undefined ? undefined : splitOf(proxy)
}

/**
 * How a replica of the gateway splits the requests for a host at one of its ports, by its first route: weights by subset or
 * Service.
 * Undefined if it has no route.
 */
export async function requestRoutes(
  host: string,
  port: number,
  replica: Replica = 'first',
): Promise<Record<string, number> | undefined> {
  const url = `http://127.0.0.1:${ADMIN_PORTS[replica]}/config_dump?resource=dynamic_route_configs`
  const dump = parseJson(await textFrom(url))
  // `http.8080`, or `https.8443.SERVER.GATEWAY.NAMESPACE`.
  const isOfPort = (name: string) => name.split('.')[1] === String(port)
  const virtualHost = listAt(dump, 'configs')
    .map((config) => dig(config, 'route_config'))
    .filter((config) => isOfPort(textAt(config, 'name') ?? ''))
    .flatMap((config) => listAt(config, 'virtual_hosts'))
    .find((known) => listAt(known, 'domains').includes(host))
  const route = dig(virtualHost, 'routes', 0, 'route')
  return route === undefined ? undefined : splitOf(route)
}

/**
 * How the sidecar of a client splits the requests for a host at a port, by its first route: weights by subset or Service.
 * Undefined if it has no route.
 */
export async function clientRoutes(
  host: string,
  port: number,
  client: ClientName,
): Promise<Record<string, number> | undefined> {
  const url = `http://127.0.0.1:${ADMIN_PORTS[client]}/config_dump?resource=dynamic_route_configs`
  const dump = parseJson(await textFrom(url))
  const virtualHost = listAt(dump, 'configs')
    .map((config) => dig(config, 'route_config'))
    .filter((config) => textAt(config, 'name') === String(port))
    .flatMap((config) => listAt(config, 'virtual_hosts'))
    .find((known) => listAt(known, 'domains').includes(host))
  const route = dig(virtualHost, 'routes', 0, 'route')
  return route === undefined ? undefined : splitOf(route)
}

function splitOf(proxy: Json): Record<string, number> {
  const only = textAt(proxy, 'cluster')
  if (only !== undefined) return { [destinationOf(only)]: 100 }
  const clusters = listAt(proxy, 'weighted_clusters', 'clusters')
  return Object.fromEntries(
    clusters.map((cluster) => [
      destinationOf(textAt(cluster, 'name') ?? ''),
      numberAt(cluster, 'weight') ?? 0,
    ]),
  )
}

/**
 * The subset in a cluster's name, or the name of its Service where it has none:
 * `outbound|9000|v1|tcp-echo.demo.svc.cluster.local`, `outbound|80||web-v1.demo.svc.cluster.local`.
 */
function destinationOf(cluster: string): string {
  const [, , subset = '', host = ''] = cluster.split('|')
  return subset || host.split('.')[0] || cluster
}
