import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { parseJson } from '../../sandbox/objects/json.ts'
import type { SandboxOptions } from '../../sandbox/options.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { proxyCounters } from '../../src/evidence/proxies/host-counters.ts'
import { heldRule, type MeshDestination } from '../../src/gateways/proxies/held-rule.ts'
import { proxyRoutes } from '../../src/gateways/proxies/proxy-route.ts'
import type { Json } from '../../src/kube/json.ts'
import { getThrough } from '../../src/kube/tunnel/get-through.ts'
import { openTunnel } from '../../src/kube/tunnel/open-tunnel.ts'
import { apiOf, NEVER, sandboxWith } from '../kube/support/cluster.ts'
import { writeRoute } from './support/sandbox.ts'

const LIMITS = { ms: 5000, bytes: 1e6 }
const ECHO: MeshDestination[] = ['v1', 'v2'].map((subset) => ({
  host: 'tcp-echo.demo.svc.cluster.local',
  subset,
  port: 9000,
}))

function proxied(options: SandboxOptions = {}): Promise<Sandbox> {
  return sandboxWith({ proxies: true, ...options })
}

async function tunnelTo(sandbox: Sandbox, name: string) {
  const pod = { namespace: 'istio-system', name }
  const tunnel = await openTunnel(apiOf(sandbox.kubeconfig), pod, NEVER)
  onTestFinished(tunnel.close)
  return tunnel
}

async function get(sandbox: Sandbox, pod: string, path: string): Promise<Json> {
  const tunnel = await tunnelTo(sandbox, pod)
  return parseJson(await getThrough(tunnel, { port: 15_000, path }, LIMITS, NEVER))
}

/** The shares of the tutorial's rule in a proxy. */
async function sharesIn(sandbox: Sandbox, pod: string) {
  const listeners = await get(sandbox, pod, '/config_dump?resource=dynamic_listeners')
  const routes = await get(sandbox, pod, '/config_dump?resource=dynamic_route_configs')
  return heldRule(proxyRoutes(listeners, routes), {
    destinations: ECHO,
    hosts: ['*'],
    request: { protocol: 'tcp', gateway: 'demo/tcp-echo-gateway', port: 31400 },
    port: 31400,
  })
}

async function connectionsOf(sandbox: Sandbox, pod: string): Promise<number[]> {
  const counters = proxyCounters(await get(sandbox, pod, '/clusters?format=json'))
  return ECHO.map(({ host, subset, port }) => {
    const hosts = counters.get(`outbound|${port}|${subset}|${host}`)
    return [...(hosts?.values() ?? [])].reduce((sum, one) => sum + one.connections, 0)
  })
}

async function ask(sandbox: Sandbox, pod: string): Promise<string> {
  const connection = (await tunnelTo(sandbox, pod)).connect(31400)
  connection.write('hello\n')
  const [reply] = await once(connection, 'data')
  connection.destroy()
  return String(reply)
}

const [FIRST, SECOND] = ['istio-ingressgateway-0', 'istio-ingressgateway-1'] as const

test('each replica is a Pod that says what it holds', async () => {
  const sandbox = await proxied({ replicas: 2, weights: { v1: 80, v2: 20 } })
  expect(sandbox.pods.names()).toEqual([FIRST, SECOND])
  for (const pod of sandbox.pods.names())
    expect(await sharesIn(sandbox, pod)).toMatchObject({ kind: 'held', shares: [0.8, 0.2] })
})

test('a replica that is behind holds the previous weights until it follows', async () => {
  const sandbox = await proxied({ replicas: 2, weights: { v1: 80, v2: 20 } })
  const fault = await sandbox.faults.gateway({ kind: 'first-replica', othersAfterMs: 'never' })
  writeRoute(sandbox, { v1: 50, v2: 50 })
  await sandbox.applied()
  expect(await sharesIn(sandbox, FIRST)).toMatchObject({ shares: [0.5, 0.5] })
  expect(await sharesIn(sandbox, SECOND)).toMatchObject({ shares: [0.8, 0.2] })
  await fault.clear()
  expect(await sharesIn(sandbox, SECOND)).toMatchObject({ shares: [0.5, 0.5] })
})

test('a destination without weight is not in the dump', async () => {
  const sandbox = await proxied({ weights: { v1: 100, v2: 0 } })
  expect(await sharesIn(sandbox, FIRST)).toMatchObject({ shares: [1, 0] })
})

test('a port-forward enters the replica of its Pod, which counts the connection', async () => {
  const sandbox = await proxied({ replicas: 2, weights: { v1: 0, v2: 100 } })
  expect(await ask(sandbox, SECOND)).toBe('two hello\n')
  expect(await connectionsOf(sandbox, FIRST)).toEqual([0, 0])
  expect(await connectionsOf(sandbox, SECOND)).toEqual([0, 1])
})

test('without the option, forwards to the admin port are refused', async () => {
  const sandbox = await sandboxWith()
  await expect(get(sandbox, FIRST, '/clusters?format=json')).rejects.toThrow('connection refused')
})
