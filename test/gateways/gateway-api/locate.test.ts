import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../../sandbox/objects/kube-object.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { finderFor } from '../../../src/gateways/finders.ts'
import type { FoundGateway } from '../../../src/gateways/gateway-search.ts'
import type { Endpoint } from '../../../src/kube/endpoint.ts'
import type { JsonObject } from '../../../src/kube/json.ts'
import type { NamespacedName } from '../../../src/kube/names.ts'
import { rulesOf } from '../../../src/routes/kinds.ts'
import type { RouteObject } from '../../../src/routes/route-object.ts'
import { apiOf, callsOf, may, NEVER, sandboxWith, userWith } from '../../kube/support/cluster.ts'
import { only } from '../../routes/support/objects.ts'
import {
  gatewayJson,
  HTTPS,
  listener,
  routeObject,
  TCP,
  tlsListener,
} from '../support/gateway-api.ts'

const GROUP = 'gateway.networking.k8s.io'
const ADDRESS = { type: 'IPAddress', value: '192.0.2.7' }
const TCP_ROUTE = routeObject({ kind: 'TCPRoute' })
const SERVICE = 'istio-ingressgateway.istio-system.svc.cluster.local'

type Gateway = {
  name?: string
  listeners?: readonly JsonObject[]
  addresses?: JsonObject[]
  conditions?: JsonObject[]
}

/** A cluster with a Gateway demo/public of a controller that is not there, or with several Gateways. */
async function clusterWith(...gateways: Gateway[]): Promise<Sandbox> {
  const sandbox = await sandboxWith({ gatewayApi: {} })
  for (const { name = 'public', listeners = [listener()], ...status } of gateways) {
    const json = gatewayJson(listeners, {
      metadata: { name, namespace: 'demo' },
      spec: { gatewayClassName: 'other', listeners: [...listeners] },
      status: { addresses: [ADDRESS], ...status },
    })
    sandbox.objects.create(json as KubeObject)
  }
  return sandbox
}

type Asked = {
  object?: RouteObject
  endpoint?: Endpoint
  probeHost?: string
  gatewayService?: NamespacedName
  token?: string
  apiVersion?: string
}

async function located(sandbox: Sandbox, asked: Asked = {}): Promise<FoundGateway> {
  const { object = routeObject(), token, endpoint, ...more } = asked
  const kubeconfig = token === undefined ? sandbox.kubeconfig : sandbox.kubeconfigFor(token)
  const api = apiOf(kubeconfig)
  const search = {
    api,
    workloads: api,
    apiVersion: more.apiVersion ?? 'v1',
    object,
    rule: only(rulesOf(object)),
    routePort: undefined,
    probeHost: more.probeHost,
    gatewayService: more.gatewayService,
  }
  return finderFor(object).locate(search, endpoint, NEVER)
}

/** Each address, and how they were found. */
function addressesIn({ address }: FoundGateway) {
  const all = address?.endpoints.map(({ host, port }) => `${host}:${port}`)
  return all && `${all.join(' ')}, ${address?.how}`
}

/** Findings with their severity. */
function saidIn({ findings }: FoundGateway): string[] {
  return findings.map(({ severity, what }) => `${severity}: ${what}`)
}

describe('the address of a Gateway', () => {
  test('is that of its status, with the port of the listener', async () => {
    const found = await located(await clusterWith({}))
    expect(found).toMatchObject({
      arrival: { gateway: 'demo/public', port: 80, section: 'http' },
      tls: 'none',
      hosts: [],
      findings: [],
    })
    expect(addressesIn(found)).toBe('192.0.2.7:80, address of Gateway demo/public')
  })

  test('can be several addresses and hostnames', async () => {
    const addresses = [ADDRESS, { type: 'Hostname', value: 'lb.example.com' }]
    const found = await located(await clusterWith({ addresses, listeners: [HTTPS] }))
    expect(addressesIn(found)).toBe(
      '192.0.2.7:443 lb.example.com:443, address of Gateway demo/public',
    )
    expect(found.tls).toBe('terminate')
  })

  test('is that of the Service that the status names', async () => {
    const addresses = [{ type: 'Hostname', value: SERVICE }]
    const found = await located(await clusterWith({ addresses, listeners: [TCP] }), {
      object: TCP_ROUTE,
    })
    expect(addressesIn(found)).toMatch(
      /^127\.[\d.]+:31400, load balancer of Service istio-system\/istio-ingressgateway$/,
    )
    expect(found.pods).toMatchObject({
      namespace: 'istio-system',
      labels: { istio: 'ingressgateway' },
    })
  })

  test('prefers an address outside of the cluster, and names the Service besides', async () => {
    const addresses = [{ type: 'Hostname', value: SERVICE }, ADDRESS]
    const found = await located(await clusterWith({ addresses }))
    expect(addressesIn(found)).toBe('192.0.2.7:80, address of Gateway demo/public')
    expect(found.address?.instead).toEqual(['gateway-service: istio-system/istio-ingressgateway'])
  })

  test('is that of the Service that gateway-service names', async () => {
    const sandbox = await clusterWith({ addresses: [], listeners: [TCP] })
    const gatewayService = { namespace: 'istio-system', name: 'istio-ingressgateway' }
    const found = await located(sandbox, { gatewayService, object: TCP_ROUTE })
    expect(addressesIn(found)).toContain(
      ':31400, load balancer of Service istio-system/istio-ingressgateway',
    )
    const http = listener({ port: 1 })
    const far = await clusterWith({ listeners: [http] })
    expect(saidIn(await located(far, { gatewayService }))[0]).toMatch(
      /^error: Service istio-system\/istio-ingressgateway has no TCP port that leads to port 1 of the gateway\./,
    )
  })

  test('is missing while the controller has assigned none, which it may explain', async () => {
    const condition = {
      type: 'Programmed',
      status: 'False',
      reason: 'AddressNotAssigned',
      message: 'address pending',
      lastTransitionTime: '2026-03-01T00:00:00Z',
    }
    const found = await located(await clusterWith({ addresses: [], conditions: [condition] }))
    expect(saidIn(found)).toEqual([
      'warning: The controller of Gateway demo/public reports that it is not programmed (AddressNotAssigned, "address pending"), so new weights may not reach the proxies.',
      'error: The address of the gateway cannot be found. Gateway demo/public is there, but its status has no address, and its condition Programmed is False (AddressNotAssigned, "address pending").',
    ])
    expect(found.arrival).toEqual({ gateway: 'demo/public', port: 80, section: 'http' })
    const bare = await located(await clusterWith({ addresses: [] }))
    expect(saidIn(bare)).toEqual([
      'error: The address of the gateway cannot be found. Gateway demo/public is there, but its status has no address.',
    ])
    const own = { type: 'example.com/pool', value: 'blue' }
    const other = await located(await clusterWith({ addresses: [own] }))
    expect(saidIn(other)[0]).toContain(
      'its status has only an address of type example.com/pool (blue)',
    )
  })

  test('is missing if the Service that the status names is, or may not be read', async () => {
    const value = 'gone.demo.svc.cluster.local'
    const sandbox = await clusterWith({ addresses: [{ type: 'Hostname', value }] })
    expect(saidIn(await located(sandbox))[0]).toMatch(
      /^error: Service demo\/gone, which is the address of Gateway demo\/public, does not exist on /,
    )
    sandbox.tokens.set('reader', userWith(may('get', GROUP, 'gateways')))
    expect(saidIn(await located(sandbox, { token: 'reader' }))[0]).toBe(
      'error: The address of the gateway cannot be found, because reading Service demo/gone, which is the address of Gateway demo/public, is not allowed.',
    )
  })

  test('is not found without the Gateway, or the right to read it', async () => {
    const sandbox = await clusterWith({ name: 'other' })
    expect(saidIn(await located(sandbox))).toEqual([
      'error: Gateway demo/public, which the route names, does not exist.',
    ])
    sandbox.tokens.set('nothing', userWith())
    const { findings } = await located(sandbox, { token: 'nothing' })
    expect(findings[0]?.code).toBe('ITS-FORBIDDEN')
  })
})

describe('a route', () => {
  test('with several listeners is probed at the first, and warnings name the others', async () => {
    const sandbox = await clusterWith({ listeners: [listener(), HTTPS] })
    const object = routeObject({ spec: { hostnames: ['*.test', 'b.test', 'a.test'] } })
    const found = await located(sandbox, { object })
    expect(found).toMatchObject({ hosts: ['b.test', 'a.test'], arrival: { section: 'http' } })
    expect(saidIn(found)).toEqual([
      'warning: The run connects only to port 80 of Gateway demo/public. The rule also gets the requests of port 443. The split there is not checked.',
      'warning: The run asks only for host b.test. The rule also gets the requests for *.test, a.test. The split there is not checked.',
    ])
  })

  test('with several Gateways is probed at the first that has a listener for it', async () => {
    const sandbox = await clusterWith(
      { listeners: [TCP] },
      { name: 'second' },
      { name: 'third', listeners: [HTTPS] },
    )
    const parentRefs = ['public', 'second', 'third'].map((name) => ({ name }))
    const found = await located(sandbox, { object: routeObject({ spec: { parentRefs } }) })
    expect(found.arrival?.gateway).toBe('demo/second')
    expect(saidIn(found)).toEqual([
      'warning: The run connects only to Gateway demo/second. The rule also gets the requests of Gateway demo/third. The split there is not checked.',
    ])
  })

  test.each([
    ['of the mesh', [{ group: '', kind: 'Service', name: 'web' }], 'ITS-NO-GATEWAY'],
    ['without parents', [], 'ITS-NO-GATEWAY'],
    ['of a ListenerSet', [{ kind: 'ListenerSet', name: 'more' }], 'ITS-PARENT-NOT-SUPPORTED'],
  ])('%s has no gateway', async (_, parentRefs, code) => {
    const object = routeObject({ spec: { parentRefs } })
    const found = await located(await clusterWith(), { object })
    expect(found.findings).toMatchObject([{ severity: 'error', code }])
    expect(found.address).toBeUndefined()
  })

  test('that a ListenerSet has besides a Gateway is probed at the Gateway', async () => {
    const parentRefs = [{ kind: 'ListenerSet', name: 'more' }, { name: 'public' }]
    const found = await located(await clusterWith({}), {
      object: routeObject({ spec: { parentRefs } }),
    })
    expect(found.address).toBeDefined()
    expect(saidIn(found)).toEqual([
      'warning: The rule also gets the requests of ListenerSet demo/more, and only parentRefs to Gateways are supported. The split there is not checked.',
    ])
  })

  test('older than v1 finds a Gateway that may have only v1beta1', async () => {
    const sandbox = await clusterWith()
    const calls = callsOf(sandbox).length
    await located(sandbox, { apiVersion: 'v1alpha2', object: TCP_ROUTE })
    expect(callsOf(sandbox).slice(calls)).toEqual([
      `GET /apis/${GROUP}/v1/namespaces/demo/gateways/public`,
      `GET /apis/${GROUP}/v1beta1/namespaces/demo/gateways/public`,
    ])
  })
})

describe('with an endpoint,', () => {
  const endpoint = { host: '198.51.100.1', port: 443 }
  const hostnames = ['a.test']

  test('the listener with its port shows the TLS mode and the hosts', async () => {
    const sandbox = await clusterWith({ listeners: [listener(), HTTPS] })
    const found = await located(sandbox, { endpoint, object: routeObject({ spec: { hostnames } }) })
    expect(addressesIn(found)).toBe('198.51.100.1:443, the input endpoint')
    expect(found).toMatchObject({
      arrival: { section: 'https', port: 443 },
      tls: 'terminate',
      hosts: ['a.test'],
      findings: [],
    })
  })

  test('which of several listeners it leads to is not known', async () => {
    const listeners = [listener(), listener({ name: 'more', port: 81 })]
    const found = await located(await clusterWith({ listeners }), { endpoint })
    expect(found).toMatchObject({ arrival: undefined, tls: 'none', findings: [] })
  })

  test('nothing is read for a TCPRoute', async () => {
    const sandbox = await clusterWith({ listeners: [TCP] })
    const calls = callsOf(sandbox).length
    const found = await located(sandbox, { endpoint, object: routeObject({ kind: 'TCPRoute' }) })
    expect(addressesIn(found)).toBe('198.51.100.1:443, the input endpoint')
    expect(callsOf(sandbox).slice(calls)).toEqual([])
  })

  test('a Gateway that is missing or may not be read is a warning', async () => {
    const sandbox = await clusterWith()
    const object = routeObject({ kind: 'TLSRoute', spec: { hostnames } })
    const found = await located(sandbox, { endpoint, object })
    expect(found.hosts).toEqual(['a.test'])
    expect(saidIn(found)).toEqual([
      'warning: Gateway demo/public, which the route names, does not exist.',
    ])
    sandbox.tokens.set('nothing', userWith())
    const denied = await located(sandbox, { endpoint, object, token: 'nothing' })
    expect(denied.findings.map(({ code }) => code)).toEqual(['ITS-GATEWAY-NOT-READ'])
  })

  test('a probe-host that the route lacks stays an error', async () => {
    const sandbox = await clusterWith({ listeners: [tlsListener('Passthrough')] })
    const object = routeObject({ kind: 'TLSRoute', spec: { hostnames } })
    const found = await located(sandbox, { endpoint, object, probeHost: 'b.test' })
    expect(found.findings).toMatchObject([{ severity: 'error', code: 'ITS-PROBE-HITS-NO-RULE' }])
  })
})
