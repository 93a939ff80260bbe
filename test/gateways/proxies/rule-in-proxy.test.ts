import { describe, expect, test } from 'vitest'
import type { ProxyArrival, ProxyPod } from '../../../src/gateways/proxies/found-proxies.ts'
import { ruleInProxy, type SoughtRule } from '../../../src/gateways/proxies/rule-in-proxy.ts'
import type { JsonObject } from '../../../src/kube/json.ts'
import { rulesOf } from '../../../src/routes/kinds.ts'
import type { ProbeRequest } from '../../../src/routes/probe-request.ts'
import { virtualService } from '../../routes/support/objects.ts'
import { routeObject } from '../support/gateway-api.ts'
import { heldIn, podWith, routesIn } from './support/dumps.ts'

/** What held-rule.test.ts describes. */
const ROUTES = routesIn('envoy-1.40')

const HTTP_80: ProxyArrival = {
  arrival: { gateway: 'demo/web-gateway', port: 80 },
  port: 8080,
  hosts: ['web.example.com', 'shop.example.com'],
  tls: 'none',
}
const HTTPS_443: ProxyArrival = {
  ...HTTP_80,
  arrival: { gateway: 'demo/web-gateway', port: 443 },
  port: 8443,
  tls: 'terminate',
}

/** Destinations of the web application, by subset. */
function web(...weights: [subset: string, weight: number][]): JsonObject {
  const route = weights.map(([subset, weight]) => ({
    destination: { host: 'web', subset },
    weight,
  }))
  return { route }
}

const CANARY = {
  name: 'canary',
  match: [{ headers: { 'x-canary': { exact: 'yes' } } }],
  ...web(['v2', 100]),
}
const API = {
  name: 'api',
  match: [{ uri: { prefix: '/api' }, method: { exact: 'GET' } }, { uri: { regex: '/v[0-9]+/.*' } }],
  ...web(['v1', 90], ['v2', 10]),
}
const MAIN = { name: 'main', ...web(['v1', 75], ['v2', 25]) }

function webObject(...http: JsonObject[]) {
  return virtualService([], {
    spec: {
      hosts: ['web.example.com', 'shop.example.com'],
      gateways: ['web-gateway'],
      http,
      tcp: undefined as never,
    },
  })
}

function sought(rules: JsonObject[], name: string, request?: ProbeRequest): SoughtRule {
  const object = webObject(...rules)
  const rule = rulesOf(object).find((one) => one.name === `http:${name}`)
  if (rule === undefined) throw new Error('no such rule')
  return { object, rule, request }
}

const heldBy = (pod: ProxyPod, asked: SoughtRule) => heldIn(ROUTES, pod, asked)

const ALL = [CANARY, API, MAIN]

describe('a rule in the dump of a real proxy', () => {
  test.each([
    ['main', [0.75, 0.25]],
    ['api', [0.9, 0.1]],
    ['canary', [1]],
  ] as const)('is found by its own matches: %s', (name, shares) => {
    expect(heldBy(podWith(HTTP_80, HTTPS_443), sought(ALL, name))).toMatchObject({
      kind: 'held',
      shares,
    })
  })

  test('is found by what the run sends, at another port of the same Pod too', () => {
    const request: ProbeRequest = {
      ...{ protocol: 'http', gateway: 'demo/web-gateway', port: 443, method: 'GET' },
      ...{ scheme: 'https', authority: 'shop.example.com', path: '/v2/orders', headers: [] },
    }
    const asked = sought(ALL, 'api', request)
    expect(ruleInProxy(asked, podWith(HTTP_80, HTTPS_443))).toMatchObject({
      rule: { request: { path: '/v2/orders' }, port: 8443, otherPorts: [8080] },
    })
    expect(ruleInProxy(asked, podWith(HTTP_80))).toMatchObject({
      rule: { request: { path: '/v2/orders', scheme: 'http', port: 80 }, port: 8080 },
    })
  })

  test('is found on any port where the port of the Pod is not known', () => {
    const pod = podWith({ ...HTTP_80, port: undefined })
    expect(heldBy(pod, sought(ALL, 'main'))).toMatchObject({ shares: [0.75, 0.25] })
  })

  test('is found by its destinations if its matches give no request, and no other rule has them', () => {
    const regex = { name: 'api', match: [{ uri: { regex: '/x+' } }], ...web(['v1', 1], ['v2', 1]) }
    const found = ruleInProxy(sought([regex], 'api'), podWith(HTTP_80))
    expect(found).toMatchObject({ kind: 'known', rule: { request: undefined } })
    expect(heldBy(podWith(HTTP_80), sought([regex], 'api'))).toMatchObject({ kind: 'mixed' })
    expect(heldBy(podWith(HTTP_80), sought([regex, MAIN], 'api'))).toBe(
      'another rule has the same destinations, and no request is known that hits only this one',
    )
  })

  test('of connections is found by its port', () => {
    const object = virtualService([
      {
        match: [{ port: 31400 }],
        route: ['v1', 'v2'].map((subset) => ({
          destination: { host: 'tcp-echo', port: { number: 9000 }, subset },
        })),
      },
    ])
    const [rule] = rulesOf(object)
    if (rule === undefined) throw new Error('no rule')
    const arrival = { gateway: 'demo/tcp-echo-gateway', port: 31400 }
    const pod = podWith({ arrival, port: 31400, hosts: ['*'], tls: 'none' })
    expect(heldBy(pod, { object, rule })).toMatchObject({ kind: 'held', shares: [0.8, 0.2] })
  })

  test('of connections whose TLS ends at the gateway is found by the name in the ClientHello', () => {
    const route = [{ destination: { host: 'tcp-echo', subset: 'v1' } }]
    const object = virtualService([{ match: [{ port: 443 }], route }])
    const [rule] = rulesOf(object)
    if (rule === undefined) throw new Error('no rule')
    const arrival = { gateway: 'demo/tcp-echo-gateway', port: 443 }
    const pod = podWith({ arrival, port: 443, hosts: ['*.example.com'], tls: 'terminate' })
    expect(ruleInProxy({ object, rule }, pod)).toMatchObject({
      rule: { request: { protocol: 'tls', sni: 'any.example.com' } },
    })
  })

  test('of an HTTPRoute is found by its Services and their ports', () => {
    const backendRefs = ['web-v1', 'web-v2'].map((name) => ({ name, port: 80, weight: 1 }))
    const object = routeObject({
      spec: { hostnames: ['web.example.com'], rules: [{ backendRefs }] },
    })
    const [rule] = rulesOf(object)
    if (rule === undefined) throw new Error('no rule')
    const arrival = { gateway: 'demo/public', port: 80, section: 'http' }
    const pod = podWith({ arrival, port: 8090, hosts: ['web.example.com'], tls: 'none' })
    expect(heldBy(pod, { object, rule })).toMatchObject({ kind: 'held', shares: [0.8, 0.2] })
  })

  test('is unknown where its traffic arrives nowhere, and where a destination is no Service', () => {
    expect(heldBy(podWith(), sought(ALL, 'main'))).toBe(
      'where its traffic arrives in the Pod is not known',
    )
    const backendRefs = [{ group: 'example.com', kind: 'Model', name: 'web' }]
    const object = routeObject({ spec: { rules: [{ backendRefs }] } })
    const [rule] = rulesOf(object)
    if (rule === undefined) throw new Error('no rule')
    expect(heldBy(podWith(HTTP_80), { object, rule })).toBe(
      'not all of its destinations are Services',
    )
  })
})
