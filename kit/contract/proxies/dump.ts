import { expect } from 'vitest'
import { isObject, type Json, listAt, parseJson, textAt } from '../../../sandbox/objects/json.ts'
import { proxyRoutes } from '../../../src/gateways/proxies/proxy-route.ts'
import type { ProxySubject, Subject } from '../subject.ts'

/** A configuration takes some milliseconds from the gateway's first use of it to its dump. */
export const LIMIT = { timeout: 10_000, interval: 10 }

/** The answer to a path, which must be 200 and JSON. */
export async function got(proxy: ProxySubject, path: string): Promise<Json> {
  const { status, text } = await proxy.admin(path)
  expect(status, text).toBe(200)
  return parseJson(text)
}

export type DumpedResource = 'dynamic_listeners' | 'dynamic_route_configs'

/** The resources in a dump. */
export async function dumped(
  proxy: ProxySubject,
  resource: DumpedResource,
  more = '',
): Promise<readonly Json[]> {
  return listAt(await got(proxy, `/config_dump?resource=${resource}${more}`), 'configs')
}

/** The listener of a port as a proxy applies it. */
export async function listenerAt(proxy: ProxySubject, port: number): Promise<Json> {
  const found = (await dumped(proxy, 'dynamic_listeners')).find((one) => portOf(one) === port)
  if (found === undefined) throw new Error(`${proxy.pod} has no listener at ${port}`)
  return found
}

function portOf(dumpedListener: Json): number | undefined {
  const state = isObject(dumpedListener) ? (dumpedListener.active_state ?? null) : null
  const address = isObject(state) && isObject(state.listener) ? state.listener.address : undefined
  const socket = isObject(address) ? address.socket_address : undefined
  const port = isObject(socket) ? socket.port_value : undefined
  return typeof port === 'number' ? port : undefined
}

/** A table of routes, by its name. */
export async function routesNamed(proxy: ProxySubject, name: string): Promise<Json> {
  const found = (await dumped(proxy, 'dynamic_route_configs')).find(
    (one) => textAt(one, 'route_config', 'name') === name,
  )
  if (found === undefined) throw new Error(`${proxy.pod} has no routes ${name}`)
  return found
}

/** The splits of a proxy, as the project reads them. */
export async function splitsOf(proxy: ProxySubject) {
  const listeners = await got(proxy, '/config_dump?resource=dynamic_listeners')
  const routes = await got(proxy, '/config_dump?resource=dynamic_route_configs')
  return proxyRoutes(listeners, routes)
}

/** Resolves when this holds for each proxy. */
export async function everyProxy(
  { proxies }: Pick<Subject, 'proxies'>,
  holds: (proxy: ProxySubject) => Promise<void>,
): Promise<void> {
  for (const proxy of proxies)
    await expect.poll(() => holds(proxy).then(() => 'held'), LIMIT).toBe('held')
}

/** The routes of a virtual host, as they are written in a dump. */
export function routesOf(table: Json, host: string): readonly Json[] {
  const found = listAt(table, 'route_config', 'virtual_hosts').find((one) =>
    listAt(one, 'domains').includes(host),
  )
  return listAt(found, 'routes')
}
