import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { routeFor, virtualHostOf } from '../../sandbox/mesh/http/match.ts'
import { routeConfigOf } from '../../sandbox/mesh/http/route-config.ts'
import { mergedServers } from '../../sandbox/mesh/servers.ts'
import { chainFor, tlsListenerOf } from '../../sandbox/mesh/tls/chains.ts'
import { seenFrom } from '../../sandbox/mesh/virtual-services.ts'
import type { KubeObject } from '../../sandbox/objects/kube-object.ts'
import { parseGateway } from '../../src/gateways/gateway-object.ts'
import { served } from '../../src/gateways/shadowing/takers-before.ts'
import type { JsonObject } from '../../src/kube/json.ts'
import { httpHit } from '../../src/routes/istio/match/http-hit.ts'
import { tlsHit } from '../../src/routes/istio/match/tls-hit.ts'
import { request } from '../routes/support/http-objects.ts'
import { parsedObject } from '../routes/support/objects.ts'

// The sandbox has its own code for this, which one contract holds to the real gateway.

const CLIENT = {
  namespace: 'istio-system',
  labels: { istio: 'ingress', zone: 'a' },
  rootNamespace: 'istio-config',
  mounted: { certificate: '', key: '', authority: '' },
}
const PODS = { namespace: CLIENT.namespace, labels: CLIENT.labels }
const HOSTS = ['a.test', 'b.test', '*.test', '*', 'shop', 'x.a.test', '*.a.test']
const NAMES = ['a.test', 'b.test', '*.test', '*', 'x.a.test', '*.a.test']

const VALUE = fc.constantFrom('/', '/a', '/a/b', '/A', 'GET', 'jason')
const STRING_MATCH = fc.oneof(
  VALUE.map((exact) => ({ exact })),
  VALUE.map((prefix) => ({ prefix })),
  fc.constantFrom('/a.*', 'GET|PUT', '.*', '*', '(?i)/a', '[^/]+').map((regex) => ({ regex })),
)

const WHERE = {
  port: fc.constantFrom(0, 80, 81),
  gateways: fc.constantFrom<string[][]>(['public'], ['mesh'], ['demo/public', 'mesh']),
}
const CONDITIONS = {
  ...WHERE,
  uri: STRING_MATCH.filter((one) => !('regex' in one) || one.regex !== '*'),
  ignoreUriCase: fc.boolean(),
  method: STRING_MATCH,
  authority: fc.constantFrom({ exact: 'a.test' }, { prefix: 'x' }, { regex: '.*:8080' }),
  headers: fc.dictionary(fc.constantFrom('user', 'X-List'), STRING_MATCH, { maxKeys: 2 }),
  withoutHeaders: fc.dictionary(fc.constantFrom('user', 'other'), STRING_MATCH, { maxKeys: 1 }),
  queryParams: fc.dictionary(fc.constant('key'), STRING_MATCH, { maxKeys: 1 }),
  sourceLabels: fc.constantFrom({ istio: 'ingress' }, { zone: 'b' }),
  sourceNamespace: fc.constantFrom('istio-system', 'demo'),
}
const FIELDS = Object.keys(CONDITIONS)
const MATCH = fc
  .tuple(fc.record(CONDITIONS), fc.subarray(FIELDS, { maxLength: 2 }))
  .map(([match, fields]) =>
    Object.fromEntries(Object.entries(match).filter(([field]) => fields.includes(field))),
  )
  .map((match) => match as JsonObject)

const RULE = fc.option(fc.array(MATCH, { minLength: 1, maxLength: 2 }), { freq: 4 })
const DIRECT = (match: JsonObject[] | null, body: string): JsonObject => ({
  ...(match === null ? {} : { match }),
  directResponse: { status: 200, body: { string: body } },
})

/** Objects of which each rule answers with its own name. */
function objectsOf<T>(rule: fc.Arbitrary<T>, specOf: (rules: T[], name: string) => JsonObject) {
  const one = fc.record({
    day: fc.integer({ min: 1, max: 3 }),
    namespace: fc.constantFrom('demo', 'prod'),
    hosts: fc.subarray(HOSTS, { minLength: 1, maxLength: 2 }),
    exportTo: fc.constantFrom<string[][]>([], ['*'], ['istio-system'], ['demo']),
    rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
  })
  return fc.array(one, { minLength: 1, maxLength: 3 }).map((list) =>
    list.map(({ day, namespace, hosts, exportTo, rules }, index): JsonObject => {
      const name = `o${index}`
      const creationTimestamp = `2026-03-0${day}T00:00:00Z`
      return {
        apiVersion: 'networking.istio.io/v1',
        kind: 'VirtualService',
        metadata: { name, namespace, uid: name, resourceVersion: '1', creationTimestamp },
        spec: { hosts, exportTo, gateways: ['demo/public'], ...specOf(rules, name) },
      }
    }),
  )
}

function gatewayOf(hosts: readonly string[], server: JsonObject): JsonObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: { name: 'public', namespace: 'demo', creationTimestamp: '2026-03-01T00:00:00Z' },
    spec: { selector: { istio: 'ingress' }, servers: [{ ...server, hosts: [...hosts] }] },
  }
}

function meshOf(gateway: JsonObject) {
  const objects = {
    gateways: [gateway as KubeObject],
    virtualServices: [],
    destinationRules: [],
    services: [],
    endpoints: [],
  }
  const at = parseGateway(gateway)
  const [server] = at?.servers ?? []
  if (!at || !server) throw new Error('no server')
  return { objects, at: { gateway: at, server } }
}

const OFFERED = fc.subarray(['*', 'demo/*', 'prod/*.test', '*.test', './a.test'], {
  minLength: 1,
  maxLength: 2,
})

describe('for every set of objects,', () => {
  test('a request hits the rule that answers it at the gateway of the sandbox', () => {
    const asked = fc
      .record({
        path: fc.constantFrom('/', '/a', '/A', '/a/b', '/a?key=jason', '/b?key', '/?key=/a&key=1'),
        method: fc.constantFrom('GET', 'PUT'),
        authority: fc.constantFrom('a.test', 'B.test', 'x.a.test:8080', 'c.d', 'shop'),
        headers: fc.constantFrom(
          [],
          [['user', 'jason'] as const],
          [['x-list', '/a'] as const, ['x-list', 'GET'] as const],
        ),
      })
      .map((one) => request({ ...one, pods: PODS }))
    const objects = objectsOf(RULE, (rules, name) => ({
      http: rules.map((match, index) => DIRECT(match, `${name} http[${index}]`)),
    }))
    fc.assert(
      fc.property(objects, OFFERED, asked, (all, hosts, one) => {
        const gateway = gatewayOf(hosts, { port: { number: 80, name: 'http', protocol: 'HTTP' } })
        const { objects: mesh, at } = meshOf(gateway)
        const seen = seenFrom(PODS.namespace, all as KubeObject[])
        const sight = { objects: mesh as never, client: CLIENT, clusters: new Map() }
        const servers = mergedServers(mesh as never, CLIENT).get(80) ?? []
        const host = virtualHostOf(routeConfigOf(servers, seen, sight as never), one.authority)
        const route = host && routeFor(host, { ...one, headers: [...one.headers] as never })
        const answered = route?.action.kind === 'direct' ? route.action.body : 'none'
        const found = httpHit(served(at, all.map(parsedObject), PODS), one)
        expect(
          found.kind === 'rule' ? `${found.object.name} ${found.rule.position}` : found.kind,
        ).toBe(answered)
      }),
      { numRuns: 300 },
    )
  })

  test('a TLS connection hits the rule whose destination it reaches at the gateway of the sandbox', () => {
    const match = fc
      .record({ ...WHERE, sniHosts: fc.subarray(NAMES, { minLength: 1, maxLength: 2 }) })
      .map((one) => one as JsonObject)
    const rule = fc.array(match, { minLength: 1, maxLength: 2 })
    const objects = objectsOf(rule, (rules, name) => ({
      tls: rules.map((matches, index) => ({
        match: matches,
        route: [{ destination: { host: 'web', subset: `${name}-tls-${index}` } }],
      })),
    }))
    const sni = fc.constantFrom('a.test', 'b.test', 'y.a.test', 'c.d', '')
    fc.assert(
      fc.property(objects, OFFERED, sni, (all, hosts, name) => {
        const port = { number: 80, name: 'tls', protocol: 'TLS' }
        const gateway = gatewayOf(hosts, { port, tls: { mode: 'PASSTHROUGH' } })
        const { objects: mesh, at } = meshOf(gateway)
        const virtualServices = seenFrom(PODS.namespace, all as KubeObject[])
        const sight = { objects: mesh as never, client: CLIENT, clusters: new Map() }
        const servers = mergedServers(mesh as never, CLIENT).get(80) ?? []
        const listener = tlsListenerOf(servers, { virtualServices, sight: sight as never })
        const chain = chainFor(listener?.chains ?? [], name === '' ? undefined : name)
        const reached = chain?.filter.kind === 'tcp' ? chain.filter.route[0]?.name : undefined
        const admitted = served(at, all.map(parsedObject), PODS).filter(
          (one) => one.hosts.length > 0,
        )
        const found = tlsHit(
          admitted.map(({ object }) => object),
          { protocol: 'tls', gateway: 'demo/public', port: 80, sni: name },
        )
        expect(
          found.kind === 'rule' ? `${found.object.name}-tls-${found.rule.index}` : undefined,
        ).toBe(reached)
      }),
      { numRuns: 300 },
    )
  })
})
