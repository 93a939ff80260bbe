import { once } from 'node:events'
import { onTestFinished } from 'vitest'
import { type Json, parseJson } from '../../../sandbox/objects/json.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { proxyCounters } from '../../../src/evidence/proxies/host-counters.ts'
import { heldRule, type MeshDestination } from '../../../src/gateways/proxies/held-rule.ts'
import { proxyRoutes } from '../../../src/gateways/proxies/proxy-route.ts'
import { getThrough } from '../../../src/kube/tunnel/get-through.ts'
import { openTunnel, type Tunnel } from '../../../src/kube/tunnel/open-tunnel.ts'
import { apiOf, NEVER } from '../../kube/support/cluster.ts'

export const [FIRST, SECOND] = ['istio-ingressgateway-0', 'istio-ingressgateway-1'] as const

const ECHO: MeshDestination[] = ['v1', 'v2'].map((subset) => ({
  host: 'tcp-echo.demo.svc.cluster.local',
  subset,
  port: 9000,
}))

/** A tunnel to a Pod of the gateway, until the test ends. */
export async function tunnelTo(
  sandbox: Sandbox,
  name: string,
  kubeconfig = sandbox.kubeconfig,
): Promise<Tunnel> {
  const tunnel = await openTunnel(apiOf(kubeconfig), { namespace: 'istio-system', name }, NEVER)
  onTestFinished(tunnel.close)
  return tunnel
}

/** The answer of the admin endpoint at the end of a tunnel. */
export async function read(
  tunnel: Tunnel,
  path: string,
  limits = { ms: 5000, bytes: 1e6 },
): Promise<Json> {
  return parseJson(await getThrough(tunnel, { port: 15_000, path }, limits, NEVER))
}

/** What a proxy has of the tutorial's rule. */
export async function heldBy(tunnel: Tunnel) {
  const listeners = await read(tunnel, '/config_dump?resource=dynamic_listeners')
  const routes = await read(tunnel, '/config_dump?resource=dynamic_route_configs')
  return heldRule(proxyRoutes(listeners, routes), {
    destinations: ECHO,
    hosts: ['*'],
    request: { protocol: 'tcp', gateway: 'demo/tcp-echo-gateway', port: 31400 },
    port: 31400,
  })
}

/** How many connections a proxy has counted for v1 and v2. */
export async function connectionsOf(tunnel: Tunnel): Promise<number[]> {
  const counters = proxyCounters(await read(tunnel, '/clusters?format=json'))
  return ECHO.map(({ host, subset, port }) => {
    const hosts = counters.get(`outbound|${port}|${subset}|${host}`)
    return [...(hosts?.values() ?? [])].reduce((sum, one) => sum + one.connections, 0)
  })
}

/** The reply to one line through a tunnel. */
export async function askThrough(tunnel: Tunnel): Promise<string> {
  const connection = tunnel.connect(31400)
  connection.write('hello\n')
  const [reply] = await once(connection, 'data')
  connection.destroy()
  return String(reply)
}
