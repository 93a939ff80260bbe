import { describe, expect, test } from 'vitest'
import type { ProxyArrival } from '../../../src/gateways/proxies/found-proxies.ts'
import type { JsonObject } from '../../../src/kube/json.ts'
import { rulesOf } from '../../../src/routes/kinds.ts'
import type { RouteObject } from '../../../src/routes/route-object.ts'
import { only, virtualService } from '../../routes/support/objects.ts'
import { routeObject } from '../support/gateway-api.ts'
import { heldIn, podWith, routesIn } from './support/dumps.ts'

const SIDECAR = routesIn('sidecar')
const OWN_LISTENER = routesIn('sidecar-own-listener')
const GATEWAY = routesIn('gateway-api')

function soughtIn(object: RouteObject) {
  return { object, rule: only(rulesOf(object)) }
}

/** Destinations v1 and v2 of a Service. */
function subsets(host: string, port: number): JsonObject[] {
  return ['v1', 'v2'].map((subset) => ({ destination: { host, subset, port: { number: port } } }))
}

/** A rule of the mesh, for the clients of Services of namespace demo. */
function meshObject(spec: JsonObject): RouteObject {
  return virtualService([], { spec: { tcp: undefined as never, gateways: ['mesh'], ...spec } })
}

function mesh(host: string, arrivalPort: number, port?: number): ProxyArrival {
  const hosts = [`${host}.demo.svc.cluster.local`]
  return { arrival: { gateway: 'mesh', port: arrivalPort }, port, hosts, tls: 'none' }
}

const WEB = meshObject({ hosts: ['web'], http: [{ route: subsets('web', 80) }] })

describe('a rule in a recorded sidecar', () => {
  test('for requests is found by the name of the Service, on its port or on any', () => {
    const expected = {
      kind: 'held',
      shares: [0.7, 0.3],
      headers: [{ 'x-istio-traffic-shift': 'iiii' }, { 'x-istio-traffic-shift': 'jjjj' }],
      retries: true,
    }
    const asked = soughtIn(WEB)
    expect(heldIn(SIDECAR, podWith(mesh('web', 80, 80)), asked)).toMatchObject(expected)
    expect(heldIn(SIDECAR, podWith(mesh('web', 80)), asked)).toMatchObject(expected)
  })

  test('for requests is found at the listener of a Sidecar object', () => {
    expect(heldIn(OWN_LISTENER, podWith(mesh('web', 80)), soughtIn(WEB))).toMatchObject({
      kind: 'held',
      shares: [0.7, 0.3],
    })
  })

  test('for connections is found among listeners of other Services with the same port', () => {
    const tcp = [{ route: subsets('tcp-echo', 9000) }]
    const object = meshObject({ hosts: ['tcp-echo'], tcp })
    const pod = podWith(mesh('tcp-echo', 9000, 9000))
    expect(heldIn(SIDECAR, pod, soughtIn(object))).toMatchObject({
      kind: 'held',
      shares: [0.6, 0.4],
    })
  })

  test('for TLS is found by the name in the ClientHello', () => {
    const match = [{ port: 443, sniHosts: ['web.demo.svc.cluster.local'] }]
    const object = meshObject({ hosts: ['web'], tls: [{ match, route: subsets('web', 443) }] })
    const pod = podWith(mesh('web', 443, 443))
    expect(heldIn(SIDECAR, pod, soughtIn(object))).toMatchObject({
      kind: 'held',
      shares: [0.6, 0.4],
    })
  })

  test('is absent for another Service', () => {
    const object = meshObject({ hosts: ['other'], http: [{ route: subsets('other', 80) }] })
    expect(heldIn(SIDECAR, podWith(mesh('other', 80)), soughtIn(object))).toEqual({
      kind: 'absent',
    })
  })
})

/** A route of the Gateway API to web-v1 and web-v2, or to others. */
function ofKind(kind: string, spec: JsonObject, port: number, service = 'web'): RouteObject {
  const backendRefs = ['v1', 'v2'].map((version) => ({ name: `${service}-${version}`, port }))
  const { matches, ...rest } = spec
  const rule = { backendRefs, ...(matches === undefined ? {} : { matches }) }
  return routeObject({ kind, spec: { ...rest, rules: [rule] } })
}

function public_(port: number, podPort: number, more: Partial<ProxyArrival> = {}): ProxyArrival {
  const arrival = { gateway: 'demo/public', port }
  return { arrival, port: podPort, hosts: ['web.example.com'], tls: 'none', ...more }
}

describe('a rule of the Gateway API in a recorded gateway', () => {
  test('is found among routes of other objects that are merged with it', () => {
    const hostnames = ['web.example.com']
    const main = ofKind('HTTPRoute', { hostnames }, 80)
    expect(heldIn(GATEWAY, podWith(public_(80, 8090)), soughtIn(main))).toMatchObject({
      kind: 'held',
      shares: [0.8, 0.2],
      headers: [{ 'x-istio-traffic-shift': 'aaaa' }, { 'x-istio-traffic-shift': 'bbbb' }],
    })
    const matches = [{ path: { type: 'PathPrefix', value: '/admin' } }]
    const admin = ofKind('HTTPRoute', { hostnames, matches }, 80)
    expect(heldIn(GATEWAY, podWith(public_(80, 8090)), soughtIn(admin))).toMatchObject({
      kind: 'held',
      shares: [0.9, 0.1],
    })
  })

  test('with a wildcard is found by a name that this stands for', () => {
    const matches = [{ path: { type: 'PathPrefix', value: '/wild' } }]
    const wild = ofKind('HTTPRoute', { hostnames: ['*.example.com'], matches }, 80)
    const at80 = public_(80, 8090, { hosts: ['*.example.com'] })
    expect(heldIn(GATEWAY, podWith(at80), soughtIn(wild))).toMatchObject({ shares: [0.9, 0.1] })
  })

  test('for gRPC, TLS and connections is found too', () => {
    const grpc = ofKind('GRPCRoute', { hostnames: ['grpc.example.com'] }, 9000)
    const atGrpc = public_(80, 8090, { hosts: ['grpc.example.com'] })
    expect(heldIn(GATEWAY, podWith(atGrpc), soughtIn(grpc))).toMatchObject({ shares: [0.8, 0.2] })
    const tls = ofKind('TLSRoute', { hostnames: ['tls.example.com'] }, 443)
    const atTls = public_(8494, 8494, { hosts: ['tls.example.com'], tls: 'passthrough' })
    expect(heldIn(GATEWAY, podWith(atTls), soughtIn(tls))).toMatchObject({ shares: [0.8, 0.2] })
    const tcp = ofKind('TCPRoute', {}, 9000, 'tcp-echo')
    const atTcp = public_(31490, 31490, { hosts: ['*'] })
    expect(heldIn(GATEWAY, podWith(atTcp), soughtIn(tcp))).toMatchObject({ shares: [0.8, 0.2] })
  })
})

describe('a rule in a recorded waypoint', () => {
  const parentRefs = [{ group: '', kind: 'Service', name: 'web', port: 80 }]
  const ROUTE = ofKind('HTTPRoute', { parentRefs }, 80)
  const pod = podWith(mesh('web', 80, 80))

  test('of a VirtualService is found in the chain of its Service, by subset', () => {
    expect(heldIn(routesIn('waypoint'), pod, soughtIn(WEB))).toMatchObject({
      ...{ kind: 'held', shares: [0.8, 0.2], isKeptByConnections: true },
    })
  })

  test.each(['waypoint-http-route', 'waypoint-namespace'] as const)(
    'of an HTTPRoute is found whether the waypoint serves its backends too or not (%s)',
    (recorded) => {
      expect(heldIn(routesIn(recorded), pod, soughtIn(ROUTE))).toMatchObject({
        ...{ kind: 'held', shares: [0.8, 0.2], isKeptByConnections: true },
      })
    },
  )

  test('is absent for a Service that the waypoint does not serve', () => {
    const object = meshObject({ hosts: ['other'], http: [{ route: subsets('other', 80) }] })
    const found = heldIn(routesIn('waypoint'), podWith(mesh('other', 80, 80)), soughtIn(object))
    expect(found).toEqual({ kind: 'absent' })
  })
})
