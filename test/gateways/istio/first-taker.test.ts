import { describe, expect, test } from 'vitest'
import { arrivalAt } from '../../../src/gateways/istio/found-server.ts'
import {
  type GatewayObject,
  parseGateway,
  type Server,
  takesTcp,
} from '../../../src/gateways/istio/gateway-object.ts'
import { chooseServers } from '../../../src/gateways/istio/gateway-server.ts'
import { takersInOrder } from '../../../src/gateways/istio/shadowing/first-taker.ts'
import { skippedServers } from '../../../src/gateways/istio/shadowing/merged-servers.ts'
import { otherPorts } from '../../../src/gateways/not-probed.ts'
import type { Json, JsonObject } from '../../../src/kube/json.ts'
import { tcpRules } from '../../../src/routes/istio/rules/virtual-service-rules.ts'
import type { RouteObject } from '../../../src/routes/route-object.ts'
import { only, parsedObject, route, tcp, virtualServiceJson } from '../../routes/support/objects.ts'

/** A VirtualService of demo at demo/public, created on a day of March. */
function made(name: string, day: number, spec: JsonObject = {}, namespace = 'demo'): RouteObject {
  return parsedObject(
    virtualServiceJson([tcp([route('v1')], null)], {
      metadata: { name, namespace, uid: name, creationTimestamp: `2026-03-0${day}T00:00:00Z` },
      spec: { gateways: ['demo/public'], ...spec },
    }),
  )
}

function gateway(servers: Json, more: JsonObject = {}): GatewayObject {
  const parsed = parseGateway({
    metadata: {
      name: 'public',
      namespace: 'demo',
      creationTimestamp: '2026-03-01T00:00:00Z',
      ...more,
    },
    spec: { selector: { istio: 'ingress' }, servers },
  })
  if (!parsed) throw new Error('no Gateway')
  return parsed
}

const TCP = { port: { number: 31400, name: 'tcp', protocol: 'TCP' }, hosts: ['*'] }

function serverOf(of: GatewayObject, index = 0): Server {
  const server = of.servers[index]
  if (!server) throw new Error('no server')
  return server
}

/** The object that gets the connections of a server that admits these hosts, for Pods in a namespace. */
function taker(objects: RouteObject[], hosts = ['*'], workloadNamespace = 'istio-system') {
  const at = gateway([{ ...TCP, hosts }])
  const [first] = takersInOrder({ gateway: at, server: serverOf(at) }, objects, workloadNamespace)
  return first?.object.name
}

describe('the connections of a server go to the VirtualService that', () => {
  test('is the oldest, then the first by name', () => {
    expect(taker([made('b', 2), made('a', 3), made('c', 1)])).toBe('c')
    expect(taker([made('b', 1), made('a', 1)])).toBe('a')
    expect(taker([made('a', 1, {}, 'z'), made('a', 1, {}, 'b')])).toBe('a')
  })

  test.each<[string, JsonObject, string]>([
    ['exported to all', { exportTo: ['*'] }, 'old'],
    ['exported to all among others', { exportTo: ['.', '*'] }, 'old'],
    ['exported to its own namespace', { exportTo: ['.'] }, 'young'],
    ['exported to none', { exportTo: ['~'] }, 'young'],
    ['exported to another namespace', { exportTo: ['prod', '.'] }, 'young'],
    ["exported to the gateway's namespace", { exportTo: ['.', 'istio-system'] }, 'old'],
  ])('is visible in the namespace of its Pods, for an older one %s', (_, spec, name) => {
    expect(taker([made('old', 1, spec), made('young', 2)])).toBe(name)
  })

  test('is private, then to one that names the namespace, then to the others, at any age', () => {
    const all = made('all', 1)
    const named = made('named', 2, { exportTo: ['istio-system'] })
    const own = made('own', 3, { exportTo: ['.'] }, 'istio-system')
    expect(taker([all, named])).toBe('named')
    expect(taker([all, named, own])).toBe('own')
    expect(taker([all, named, own], ['*'], 'elsewhere')).toBe('all')
  })

  test.each<[string[], string[], string | undefined]>([
    [['*'], ['*'], 'one'],
    [['demo/*'], ['*'], 'one'],
    [['./*'], ['*'], 'one'],
    [['*/*'], ['*'], 'one'],
    [['other/*'], ['*'], undefined],
    [['other/*', 'demo/*'], ['*'], 'one'],
    [['*/*.example.com'], ['a.example.com'], 'one'],
    [['*.example.com'], ['*.com'], 'one'],
    [['a.example.com'], ['*.example.com'], 'one'],
    [['*.example.com'], ['example.com'], undefined],
    [['a.example.com'], ['b.example.com'], undefined],
    [['tcp-echo.demo.svc.cluster.local'], ['tcp-echo'], 'one'],
    [['*'], [], undefined],
  ])('the server admits, as hosts %j for hosts %j show', (offered, hosts, name) => {
    expect(taker([made('one', 1, { hosts })], offered)).toBe(name)
  })

  test('has a rule with destinations for its port and gateway', () => {
    const entries = (...tcpList: JsonObject[]) => ({ tcp: tcpList })
    const other = made('other', 1, entries(tcp([route('v1')], [{ port: 1 }])))
    const empty = made('empty', 1, entries(tcp([], null)))
    const elsewhere = made('elsewhere', 1, {
      ...entries(tcp([route('v1')], [{ gateways: ['demo/public'] }])),
      gateways: ['demo/internal'],
    })
    expect(taker([other, empty, elsewhere, made('young', 2)])).toBe('young')
  })
})

describe('of the servers of a Gateway', () => {
  const tls = (mode: string) => ({ tls: { mode } })
  const withProtocol = (protocol: string, more: JsonObject = {}) => ({
    ...TCP,
    port: { ...TCP.port, protocol },
    ...more,
  })

  test.each<[JsonObject, boolean]>([
    [withProtocol('TCP'), true],
    [withProtocol('tcp'), true],
    [withProtocol('MONGO'), true],
    [withProtocol('REDIS'), true],
    [withProtocol('TLS', tls('SIMPLE')), true],
    [withProtocol('TCP', tls('MUTUAL')), true],
    [withProtocol('TLS', tls('PASSTHROUGH')), false],
    [withProtocol('TLS', { tls: {} }), false],
    [withProtocol('TLS', tls('AUTO_PASSTHROUGH')), false],
    [withProtocol('HTTPS', tls('SIMPLE')), false],
    [withProtocol('HTTPS', tls('PASSTHROUGH')), false],
    [withProtocol('HTTP'), false],
    [withProtocol('HTTP2'), false],
    [withProtocol('GRPC-Web'), false],
  ])('the connections of %j go to tcp rules: %s', (server, is) => {
    expect(takesTcp(serverOf(gateway([server])))).toBe(is)
  })

  const three = gateway([
    { ...TCP, port: { number: 80, name: 'http', protocol: 'HTTP' } },
    { ...TCP, port: { number: 443, name: 'https', protocol: 'HTTPS' }, ...tls('SIMPLE') },
    TCP,
    { ...TCP, port: { number: 31401, name: 'more', protocol: 'TCP' } },
  ])
  const choose = (match: Json, routePort?: number, of = three) => {
    const object = made('tcp-echo', 1, { tcp: [tcp([route('v1')], match)] })
    const rule = only(tcpRules(object))
    const found = chooseServers({ object, rule, routePort }, of)
    if ('finding' in found) return found.finding.what
    const [server] = found.servers
    const warnings = otherPorts(
      { object, rule },
      arrivalAt({ gateway: of, server }, undefined),
      found.servers,
    )
    return [server.port, ...warnings.map(({ what }) => what)]
  }

  test('the first one that fits a rule without a port is used, and a warning names the others', () => {
    expect(choose(null)).toEqual([
      31400,
      'The run connects only to port 31400 of Gateway demo/public. The rule also gets the connections of port 31401. The split there is not checked.',
    ])
  })

  test('a plain-text server comes before those with TLS, which a probe without TLS cannot use', () => {
    const port = { number: 9443, name: 'tls', protocol: 'TLS' }
    const both = gateway([{ ...TCP, port, ...tls('SIMPLE') }, TCP])
    expect(choose(null, undefined, both)[0]).toBe(31400)
    expect(choose(null, 9443, both)).toEqual([9443])
  })

  test('the one on the port that route names is used', () => {
    expect(choose(null, 31401)).toEqual([31401])
    expect(choose([{ port: 31400 }, { port: 31401 }], 31401)).toEqual([31401])
    expect(choose([{ port: 31401 }])).toEqual([31401])
  })

  test('every one is named with its reason if none fits', () => {
    expect(choose(null, 80)).toMatch(
      /^Gateway demo\/public has no server for this rule on port 80, which route names: port 80 is HTTP; port 443 is HTTPS, TLS SIMPLE; port 31400 fits; /,
    )
    const closed = gateway([{ ...TCP, hosts: ['prod/*'] }])
    expect(choose(null, undefined, closed)).toBe(
      'Gateway demo/public has no server for this rule: port 31400 admits prod/*, but not host * of namespace demo.',
    )
    expect(choose([{ port: 1 }])).toContain('on port 1, which the rule matches: port 80 is HTTP')
    expect(choose(null, undefined, gateway([]))).toContain('it has no servers')
  })
})

describe('of the servers of several Gateways for the same Pods', () => {
  const pods = {
    namespace: 'istio-system',
    labels: { istio: 'ingress', app: 'gateway' },
    targetPort: (port: number) => (port === 80 ? 8080 : port),
  }
  const at = (
    name: string,
    day: number,
    servers: Json,
    selector: JsonObject = { istio: 'ingress' },
  ) => ({
    ...gateway(servers, { name, creationTimestamp: `2026-03-0${day}T00:00:00Z` }),
    selector: selector as Record<string, string>,
  })
  const skipped = (...gateways: GatewayObject[]) =>
    skippedServers(gateways, pods).map(
      ({ at: left, by }) => `${left.gateway.name}:${left.server.port} by ${by.gateway.name}`,
    )
  const on = (number: number, protocol = 'TCP', more: JsonObject = {}) => ({
    ...TCP,
    port: { number, name: 'x', protocol },
    ...more,
  })

  test('the younger one on a port is left out, also if the Service maps another number to it', () => {
    expect(skipped(at('young', 2, [on(1)]), at('old', 1, [on(1)]))).toEqual(['young:1 by old'])
    expect(skipped(at('old', 1, [on(80)]), at('young', 2, [on(8080)]))).toEqual([
      'young:8080 by old',
    ])
    expect(skipped(at('old', 1, [on(1, 'HTTP')]), at('young', 2, [on(1)]))).toEqual([
      'young:1 by old',
    ])
  })

  test.each<[string, GatewayObject[]]>([
    ['HTTP beside HTTP', [at('a', 1, [on(1, 'HTTP')]), at('b', 2, [on(1, 'HTTP2')])]],
    ['on other addresses', [at('a', 1, [on(1)]), at('b', 2, [on(1, 'TCP', { bind: '10.0.0.1' })])]],
    ['for other Pods', [at('a', 1, [on(1)], { istio: 'egress' }), at('b', 2, [on(1)])]],
    [
      'for Pods with labels that are not known',
      [at('a', 1, [on(1)], { istio: 'ingress', zone: 'a' }), at('b', 2, [on(1)])],
    ],
    [
      'TLS for other hosts',
      [
        at('a', 1, [on(1, 'TLS', { hosts: ['a.com'], tls: { mode: 'SIMPLE' } })]),
        at('b', 2, [on(1, 'TLS', { hosts: ['b.com'], tls: { mode: 'SIMPLE' } })]),
      ],
    ],
    [
      'plain text after TLS',
      [at('a', 1, [on(1, 'TLS', { tls: { mode: 'SIMPLE' } })]), at('b', 2, [on(1)])],
    ],
  ])('none is left out: %s', (_, gateways) => {
    expect(skipped(...gateways)).toEqual([])
  })

  test('one with TLS is left out if an earlier one has its host, or has plain text on its port', () => {
    const tls = { tls: { mode: 'SIMPLE' } }
    expect(skipped(at('a', 1, [on(1, 'TLS', tls)]), at('b', 2, [on(1, 'TLS', tls)]))).toEqual([
      'b:1 by a',
    ])
    expect(skipped(at('a', 1, [on(1)]), at('b', 2, [on(1, 'TLS', tls)]))).toEqual(['b:1 by a'])
  })
})
