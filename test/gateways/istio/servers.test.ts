import { describe, expect, test } from 'vitest'
import { concreteHosts } from '../../../src/gateways/host-names.ts'
import { arrivalAt } from '../../../src/gateways/istio/found-server.ts'
import { type GatewayObject, tlsOf } from '../../../src/gateways/istio/gateway-object.ts'
import { chooseServers } from '../../../src/gateways/istio/gateway-server.ts'
import { reachedHosts } from '../../../src/gateways/istio/server-hosts.ts'
import { otherHosts, otherPorts } from '../../../src/gateways/not-probed.ts'
import type { Json, JsonObject } from '../../../src/kube/json.ts'
import { virtualServiceRules } from '../../../src/routes/istio/rules/virtual-service-rules.ts'
import { http, httpObject } from '../../routes/support/http-objects.ts'
import { only, route } from '../../routes/support/objects.ts'
import { gateway } from '../support/gateway.ts'

function server(number: number, protocol: string, more: JsonObject = {}): JsonObject {
  return { port: { number, name: `p${number}`, protocol }, hosts: ['*'], ...more }
}

const REDIRECT = server(80, 'HTTP', { tls: { httpsRedirect: true } })
const HTTPS = server(443, 'HTTPS', { tls: { mode: 'SIMPLE', credentialName: 'shop' } })
const PASSTHROUGH = server(8443, 'TLS', { tls: { mode: 'PASSTHROUGH' } })

/** What is probed for the only rule of an object, with its warnings, or the problem. */
function chosen(of: GatewayObject, spec: JsonObject, probeHost?: string) {
  const object = httpObject([], { spec: { http: [], ...spec } })
  const rule = only(virtualServiceRules(object))
  const found = chooseServers({ object, rule, routePort: undefined, probeHost }, of)
  if ('finding' in found) return found.finding.what
  const [first] = found.servers
  const at = { gateway: of, server: first }
  const reached = reachedHosts(at, object, rule)
  const hosts = concreteHosts(reached)
  const warnings = [
    ...otherPorts({ object, rule }, arrivalAt(at, undefined), found.servers),
    ...otherHosts(rule, reached, probeHost ?? hosts[0]),
  ]
  return {
    port: first.port,
    tls: tlsOf(first),
    hosts,
    warnings: warnings.map(({ code }) => code),
  }
}

const HTTP_RULE = { http: [http('web')] }

function tlsRule(...sniHosts: string[]): JsonObject {
  return { tls: [{ match: [{ sniHosts }], route: [route('v1')] }], hosts: ['*'] }
}

describe('an http rule is probed at', () => {
  test('the first server that reads HTTP, in plain text or after TLS', () => {
    const plain = server(8080, 'HTTP2')
    expect(chosen(gateway(server(31400, 'TCP'), PASSTHROUGH, HTTPS, plain), HTTP_RULE)).toEqual({
      port: 443,
      tls: 'terminate',
      hosts: ['shop.example.com'],
      warnings: ['ITS-OTHER-PORT-NOT-CHECKED'],
    })
    expect(chosen(gateway(plain), HTTP_RULE)).toMatchObject({ port: 8080, tls: 'none' })
  })

  test('no server that redirects to HTTPS, and none of these is named in a warning', () => {
    expect(chosen(gateway(REDIRECT, HTTPS), HTTP_RULE)).toMatchObject({ port: 443, warnings: [] })
    expect(chosen(gateway(REDIRECT), HTTP_RULE)).toBe(
      'Gateway demo/public has no server for this rule: port 80 redirects shop.example.com to HTTPS.',
    )
  })

  test('a server that redirects only other hosts', () => {
    const partly = { ...REDIRECT, hosts: ['other.example.com'] }
    expect(chosen(gateway(partly, server(80, 'HTTP')), HTTP_RULE)).toMatchObject({ port: 80 })
    const spec = { ...HTTP_RULE, hosts: ['other.example.com', 'shop.example.com'] }
    expect(chosen(gateway(server(80, 'HTTP'), partly), spec)).toMatchObject({
      port: 80,
      hosts: ['shop.example.com'],
    })
  })

  test('the server that admits the host that probe-host names', () => {
    const [a, b] = ['a.example.com', 'b.example.com'].map((host, index) =>
      server(80 + index, 'HTTP', { hosts: [host] }),
    )
    const of = gateway(a ?? {}, b ?? {})
    const spec = { ...HTTP_RULE, hosts: ['*.example.com'] }
    expect(chosen(of, spec)).toMatchObject({ port: 80, hosts: ['a.example.com'] })
    expect(chosen(of, spec, 'b.example.com')).toMatchObject({ port: 81 })
    expect(chosen(of, spec, 'c.example.com')).toBe(
      'Gateway demo/public has no server for this rule: port 80 does not admit host c.example.com, which probe-host names; port 81 does not admit host c.example.com, which probe-host names.',
    )
    expect(chosen(of, spec, 'c.test')).toBe(
      'The requests of this run would hit no rule of demo/tcp-echo: it has no host c.test, which probe-host names. It has: *.example.com.',
    )
  })

  test('the HTTPS server to which the host as the name of TLS leads', () => {
    const tls = { tls: { mode: 'SIMPLE' } }
    const wide = server(443, 'HTTPS', { ...tls, hosts: ['*.example.com'] })
    const narrow = server(443, 'HTTPS', { ...tls, hosts: ['shop.example.com'] })
    const found = chooseServers(
      { ...objectAndRule(HTTP_RULE), routePort: undefined },
      gateway(wide, narrow),
    )
    expect('servers' in found && found.servers.map(({ hosts }) => hosts)).toEqual([
      ['shop.example.com'],
    ])
  })

  test.each<[string, string[], string[], string[]]>([
    ['that both name', ['shop.example.com'], ['shop.example.com'], ['shop.example.com']],
    [
      'of the object, within a wildcard of the server',
      ['a.test', 'b.test'],
      ['*.test'],
      ['a.test', 'b.test'],
    ],
    [
      'of the server, within a wildcard of the object',
      ['*.test'],
      ['a.test', 'b.test'],
      ['a.test', 'b.test'],
    ],
    ['with the domain of the mesh', ['shop'], ['*'], ['shop.demo.svc.cluster.local']],
    [
      'of this namespace',
      ['a.test', 'b.test'],
      ['demo/a.test', 'other/b.test', './b.test'],
      ['a.test', 'b.test'],
    ],
    ['and no wildcard', ['*.test'], ['*'], []],
  ])('the hosts %s', (_, hosts, offered, expected) => {
    const of = gateway(server(80, 'HTTP', { hosts: offered }))
    expect(chosen(of, { ...HTTP_RULE, hosts })).toMatchObject({ hosts: expected })
  })

  test('one host of several, and a warning names the others', () => {
    const spec = { ...HTTP_RULE, hosts: ['a.test', '*.b.test', 'c.test'] }
    const object = httpObject([], { spec })
    const rule = only(virtualServiceRules(object))
    const [warned] = otherHosts(rule, ['a.test', '*.b.test', 'c.test'], 'x.b.test')
    expect(warned?.what).toBe(
      'The run asks only for host x.b.test. The rule also gets the requests for a.test, c.test. The split there is not checked.',
    )
    expect(warned?.remedy).toContain('probe-host: a.test')
    expect(chosen(gateway(server(80, 'HTTP')), spec)).toMatchObject({
      hosts: ['a.test', 'c.test'],
      warnings: ['ITS-OTHER-HOST-NOT-CHECKED'],
    })
  })
})

describe('a tls rule is probed at', () => {
  test('a server that passes TLS through, with the concrete names of the rule', () => {
    expect(chosen(gateway(HTTPS, REDIRECT, PASSTHROUGH), tlsRule('a.test', '*.b.test'))).toEqual({
      port: 8443,
      tls: 'passthrough',
      hosts: ['a.test'],
      warnings: ['ITS-OTHER-HOST-NOT-CHECKED'],
    })
  })

  test('a name that the object has as a host and the rule as a wildcard', () => {
    const spec = { ...tlsRule('*.b.test'), hosts: ['x.b.test', 'a.test'] }
    expect(chosen(gateway(PASSTHROUGH), spec)).toMatchObject({ hosts: ['x.b.test'] })
  })

  test('no server for AUTO_PASSTHROUGH, and none that ends TLS', () => {
    const auto = server(15443, 'TLS', { tls: { mode: 'AUTO_PASSTHROUGH' } })
    expect(chosen(gateway(auto, HTTPS), tlsRule('a.test'))).toMatch(
      /port 15443 is TLS, TLS AUTO_PASSTHROUGH; port 443 is HTTPS, TLS SIMPLE/,
    )
  })
})

test('a tcp rule is probed with TLS where the server ends it', () => {
  const spec: Record<string, Json> = { tcp: [{ route: [route('v1')] }], hosts: ['db.test'] }
  const of = gateway(server(5432, 'TLS', { tls: { mode: 'SIMPLE' }, hosts: ['*.test'] }))
  expect(chosen(of, spec)).toMatchObject({ port: 5432, tls: 'terminate', hosts: ['db.test'] })
})

function objectAndRule(spec: JsonObject) {
  const object = httpObject([], { spec })
  return { object, rule: only(virtualServiceRules(object)) }
}
