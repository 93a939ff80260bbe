import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { clusterNamed } from '../../../src/gateways/proxies/cluster-name.ts'
import {
  type HeldRule,
  heldRule,
  type MeshDestination,
} from '../../../src/gateways/proxies/held-rule.ts'
import { type ProxyRoute, proxyRoutes } from '../../../src/gateways/proxies/proxy-route.ts'
import type { Json } from '../../../src/kube/json.ts'
import type { ProbeRequest } from '../../../src/routes/probe-request.ts'

/**
 * What the gateway of e2e answered (Envoy 1.40, istiod of the 1.31 line): the VirtualService web has the rules canary (a
 * header), api (a path with a method, and a regular expression) at 90/10, and main at 75/25 with stamps, on two hosts and two
 * ports; tcp-echo is at 80/20, and the HTTPRoute at 80/20.
 */
function dump(part: 'listeners' | 'routes'): Json {
  const file = join(import.meta.dirname, 'dumps', `envoy-1.40-${part}.json`)
  return JSON.parse(readFileSync(file, 'utf8')) as Json
}
const ROUTES = proxyRoutes(dump('listeners'), dump('routes'))

const WEB = subsetsOf('web.demo.svc.cluster.local')
const HOSTS = ['web.example.com', 'shop.example.com']
const ECHO = subsetsOf('tcp-echo.demo.svc.cluster.local')

function subsetsOf(host: string): MeshDestination[] {
  return ['v1', 'v2'].map((subset) => ({ host, subset, port: undefined }))
}

function get(path: string, more: Partial<Extract<ProbeRequest, { protocol: 'http' }>> = {}) {
  return {
    protocol: 'http',
    gateway: 'demo/web-gateway',
    port: 80,
    method: 'GET',
    scheme: 'http',
    authority: 'web.example.com',
    path,
    headers: [],
    ...more,
  } as const
}

function web(request: ProbeRequest, port = 8080): HeldRule {
  return heldRule(ROUTES, { destinations: WEB, hosts: HOSTS, request, port })
}

describe('the rule of a request in a real proxy', () => {
  test('has the shares and the stamps that its VirtualService has', () => {
    expect(web(get('/'))).toMatchObject({
      kind: 'held',
      shares: [0.75, 0.25],
      headers: [{ 'x-istio-traffic-shift': 'aaaa' }, { 'x-istio-traffic-shift': 'bbbb' }],
      retries: false,
      dependent: undefined,
    })
  })

  test.each([
    ['a path and a method', get('/api/orders'), [0.9, 0.1]],
    ['a regular expression', get('/v2/orders'), [0.9, 0.1]],
    ['a header', get('/', { headers: [['x-canary', 'yes']] }), [0, 1]],
    ['another method, so by the next rule', get('/api', { method: 'POST' }), [0.75, 0.25]],
    ['the other host, in another case', get('/', { authority: 'SHOP.example.com' }), [0.75, 0.25]],
  ] as const)('is found by %s', (_, request, shares) => {
    expect(web(request)).toMatchObject({ kind: 'held', shares })
  })

  test('is found on the port of TLS too', () => {
    expect(web(get('/', { scheme: 'https' }), 8443)).toMatchObject({ shares: [0.75, 0.25] })
  })

  test('is absent where the host, the port or the destinations are others', () => {
    expect(web(get('/', { authority: 'other.example.com' }))).toEqual({ kind: 'absent' })
    expect(web(get('/'), 8081)).toEqual({ kind: 'absent' })
    expect(
      heldRule(ROUTES, { destinations: ECHO, hosts: HOSTS, request: get('/'), port: 8080 }),
    ).toEqual({
      kind: 'absent',
    })
  })

  test('of connections is the split of the listener', () => {
    const request = { protocol: 'tcp', gateway: 'demo/tcp-echo-gateway', port: 31400 } as const
    expect(
      heldRule(ROUTES, { destinations: ECHO, hosts: ['*'], request, port: 31400 }),
    ).toMatchObject({
      kind: 'held',
      shares: [0.8, 0.2],
      updated: expect.stringMatching(/^2026-/),
    })
  })

  test('of an HTTPRoute is found by its Services', () => {
    const destinations = ['web-v1', 'web-v2'].map((name) => ({
      host: `${name}.demo.svc.cluster.local`,
      subset: '',
      port: 80,
    }))
    expect(
      heldRule(ROUTES, { destinations, hosts: ['web.example.com'], request: get('/'), port: 8090 }),
    ).toMatchObject({
      kind: 'held',
      shares: [0.8, 0.2],
    })
  })
})

/** The splits with another one in the place of the main one at a port. */
function withMain(port: number, change: (main: ProxyRoute) => ProxyRoute[]): ProxyRoute[] {
  return ROUTES.flatMap((one) => (isMainAt(one, port) ? change(one) : [one]))
}

function isMainAt({ ports, clusters }: ProxyRoute, port: number): boolean {
  return ports.includes(port) && clusters.some(({ weight }) => weight === 75)
}

const MAIN = { destinations: WEB, hosts: HOSTS, request: get('/'), port: 8080 }

test('a proxy that has new stamps on one port only holds no single split', () => {
  const headers = { 'x-istio-traffic-shift': 'eeee' }
  const newer = withMain(8443, (main) => [
    { ...main, clusters: main.clusters.map((one) => ({ ...one, headers })) },
  ])
  expect(heldRule(newer, MAIN)).toMatchObject({ kind: 'mixed' })
})

test('a split that an earlier one of the same host hides does not count', () => {
  const hidden = withMain(8080, (main) => [
    main,
    {
      ...main,
      place: main.place + 1,
      clusters: main.clusters.map((one) => ({ ...one, weight: 1 })),
    },
  ])
  expect(heldRule(hidden, MAIN)).toMatchObject({ kind: 'held', shares: [0.75, 0.25] })
})

test('Services are found in a mesh with another domain, and not those of all clusters', () => {
  const inDomain = (domain: string) =>
    ROUTES.map((one) => ({
      ...one,
      clusters: one.clusters.map((cluster) => ({
        ...cluster,
        name: cluster.name.replace('cluster.local', domain),
      })),
    }))
  expect(heldRule(inDomain('example.internal'), MAIN)).toMatchObject({ shares: [0.75, 0.25] })
  expect(heldRule(inDomain('clusterset.local'), MAIN)).toEqual({ kind: 'absent' })
})

test('a proxy of which a part is newer holds no single split', () => {
  const [main, ...others] = ROUTES.toSorted((a, b) => Number(isMain(b)) - Number(isMain(a)))
  if (main === undefined || !isMain(main)) throw new Error('no such route')
  const newer = { ...main, clusters: main.clusters.map((one) => ({ ...one, weight: 1 })) }
  expect(
    heldRule([newer, ...others], {
      destinations: WEB,
      hosts: HOSTS,
      request: get('/'),
      port: 8080,
    }),
  ).toMatchObject({ kind: 'mixed' })
})

function isMain({ ports, clusters }: (typeof ROUTES)[number]): boolean {
  return ports.includes(8080) && clusters.some(({ weight }) => weight === 75)
}

test('names of clusters say port, subset and host', () => {
  expect(clusterNamed('outbound|80|v1|web.demo.svc.cluster.local')).toEqual({
    port: 80,
    subset: 'v1',
    host: 'web.demo.svc.cluster.local',
  })
  expect(clusterNamed('inbound-vip|80|http/v2|web.demo.svc.cluster.local')).toEqual({
    port: 80,
    subset: 'v2',
    host: 'web.demo.svc.cluster.local',
  })
  expect(clusterNamed('inbound-vip|80|http|web-v1.demo.svc.cluster.local')).toEqual({
    port: 80,
    subset: '',
    host: 'web-v1.demo.svc.cluster.local',
  })
  expect(clusterNamed('BlackHoleCluster')).toBeUndefined()
  expect(clusterNamed('inbound|9000||')).toBeUndefined()
})

test('a listener that a proxy rejects leaves the former weights, with the words of Envoy', () => {
  const file = new URL('dumps/rejected-listeners.json', import.meta.url)
  const routes = proxyRoutes(JSON.parse(readFileSync(file, 'utf8')), { configs: [] })
  const destinations = ['v1', 'v2'].map((version) => ({
    ...{ host: `tcp-echo-${version}.demo.svc.cluster.local`, subset: '', port: 9000 },
  }))
  const request = { protocol: 'tcp', gateway: 'istio-system/gateway-api', port: 31490 } as const
  expect(heldRule(routes, { destinations, hosts: [], request, port: 31490 })).toMatchObject({
    kind: 'held',
    shares: [0, 1],
    rejects: 'ListenSocket: Setting socket options failed',
  })
})
