import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chooseListeners } from '../../../src/gateways/gateway-api/choose-listeners.ts'
import type { GatewayObject } from '../../../src/gateways/gateway-api/gateway-object.ts'
import { admittedHosts, reachedHosts } from '../../../src/gateways/gateway-api/listener-hosts.ts'
import { NO_LABELS_KNOWN } from '../../../src/gateways/gateway-api/namespaces.ts'
import { rulesOf } from '../../../src/routes/kinds.ts'
import { coversHost } from '../../../src/routes/match/virtual-host.ts'
import type { RouteObject } from '../../../src/routes/route-object.ts'
import { only } from '../../routes/support/objects.ts'
import {
  FROM_ALL,
  fromLabels,
  gatewayWith,
  HTTPS,
  listener,
  routeObject,
  TCP,
  tlsListener,
} from '../support/gateway-api.ts'

/** The names of the listeners that fit the only rule of a route, or the problem. */
function chosen(
  gateway: GatewayObject,
  object: RouteObject,
  { probeHost, labels }: { probeHost?: string; labels?: Record<string, string> } = {},
) {
  const labelsOf = labels === undefined ? NO_LABELS_KNOWN : () => labels
  const search = { object, rule: only(rulesOf(object)), probeHost }
  const found = chooseListeners(search, gateway, labelsOf)
  return 'finding' in found ? found.finding.what : found.listeners.map(({ name }) => name)
}

const ALL = gatewayWith([
  listener(),
  HTTPS,
  tlsListener('Passthrough'),
  tlsListener('Terminate', { name: 'ended', port: 8444 }),
  TCP,
])

describe('the listeners that a route is attached to', () => {
  test.each([
    ['HTTPRoute', ['http', 'https']],
    ['GRPCRoute', ['http', 'https']],
    ['TLSRoute', ['tls', 'ended']],
  ])('have a protocol of its kind: %s', (kind, names) => {
    expect(chosen(ALL, routeObject({ kind }))).toEqual(names)
  })

  test('of a TCPRoute are those without TLS before those that end TLS', () => {
    const gateway = gatewayWith([tlsListener('Terminate'), TCP])
    expect(chosen(gateway, routeObject({ kind: 'TCPRoute' }))).toEqual(['tcp', 'tls'])
  })

  test('are those that a parentRef names by section and port, in the order of the parentRefs', () => {
    const refs = (...parentRefs: object[]) =>
      chosen(ALL, routeObject({ spec: { parentRefs: parentRefs as never } }))
    expect(refs({ name: 'public', sectionName: 'https' }, { name: 'public' })).toEqual([
      'https',
      'http',
    ])
    expect(refs({ name: 'public', port: 443 })).toEqual(['https'])
    expect(refs({ name: 'public', sectionName: 'http', port: 443 })).toBe(
      'Gateway demo/public has no listener for this rule: http (port 80) is not named by a parentRef of the route; https (port 443) is not named by a parentRef of the route; tls (port 8443) is TLS, mode Passthrough; ended (port 8444) is TLS, mode Terminate; tcp (port 31400) is TCP.',
    )
  })

  test('allow its kind', () => {
    const kinds = (...names: string[]) => ({
      allowedRoutes: { kinds: names.map((kind) => ({ kind })) },
    })
    const gateway = gatewayWith([
      listener(kinds('GRPCRoute')),
      { ...HTTPS, ...kinds('HTTPRoute', 'GRPCRoute') },
    ])
    expect(chosen(gateway, routeObject())).toEqual(['https'])
    const foreign = { allowedRoutes: { kinds: [{ group: 'example.com', kind: 'HTTPRoute' }] } }
    expect(chosen(gatewayWith([listener(foreign)]), routeObject())).toBe(
      'Gateway demo/public has no listener for this rule: http (port 80) allows no HTTPRoute (allowedRoutes.kinds).',
    )
  })

  test('allow its namespace, which by default is that of the Gateway', () => {
    const spec = { parentRefs: [{ name: 'public', namespace: 'demo' }] }
    const far = routeObject({ metadata: { namespace: 'shop' }, spec })
    expect(chosen(gatewayWith([listener()]), far)).toBe(
      'Gateway demo/public has no listener for this rule: http (port 80) allows no routes of namespace shop (allowedRoutes.namespaces.from: Same).',
    )
    expect(chosen(gatewayWith([listener(FROM_ALL)]), far)).toEqual(['http'])
    const none = { allowedRoutes: { namespaces: { from: 'None' } } }
    expect(chosen(gatewayWith([listener(none)]), routeObject())).toContain('from: None')
  })

  test('select its namespace by labels, and count if these may not be read', () => {
    const gateway = gatewayWith([listener(fromLabels({ team: 'shop' }))])
    expect(chosen(gateway, routeObject(), { labels: { team: 'shop' } })).toEqual(['http'])
    expect(chosen(gateway, routeObject(), { labels: { team: 'bank' } })).toContain('from: Selector')
    expect(chosen(gateway, routeObject())).toEqual(['http'])
    const named = gatewayWith([listener(fromLabels({ 'kubernetes.io/metadata.name': 'other' }))])
    expect(chosen(named, routeObject())).toContain('allows no routes of namespace demo')
  })

  test.each([
    ['In', ['shop'], { team: 'shop' }, true],
    ['In', ['shop'], {}, false],
    ['NotIn', ['shop'], {}, true],
    ['NotIn', ['shop'], { team: 'shop' }, false],
    ['Exists', [], { team: 'any' }, true],
    ['DoesNotExist', [], { team: 'any' }, false],
    ['DoesNotExist', [], {}, true],
    ['Near', [], {}, false],
  ] as const)('select with %s %j labels %j: %s', (operator, values, labels, isSelected) => {
    const selector = { matchExpressions: [{ key: 'team', operator, values: [...values] }] }
    const allowed = { allowedRoutes: { namespaces: { from: 'Selector', selector } } }
    const found = chosen(gatewayWith([listener(allowed)]), routeObject(), { labels })
    expect(Array.isArray(found)).toBe(isSelected)
  })

  test('have a hostname that fits one of the route', () => {
    const gateway = gatewayWith([
      listener({ hostname: 'a.example.com' }),
      listener({ name: 'all', port: 81 }),
      listener({ name: 'wild', port: 82, hostname: '*.example.com' }),
      listener({ name: 'other', port: 83, hostname: 'example.com' }),
    ])
    const route = routeObject({ spec: { hostnames: ['*.example.com'] } })
    expect(chosen(gateway, route)).toEqual(['http', 'all', 'wild'])
    expect(chosen(gatewayWith([listener({ hostname: 'b.test' })]), route)).toBe(
      'Gateway demo/public has no listener for this rule: http (port 80) has the hostname b.test, and the route has *.example.com.',
    )
  })

  test('admit the host that probe-host names', () => {
    const gateway = gatewayWith([
      listener({ hostname: 'a.example.com' }),
      listener({ name: 'wild', port: 82, hostname: '*.example.com' }),
    ])
    const route = routeObject({ spec: { hostnames: ['*.example.com'] } })
    expect(chosen(gateway, route, { probeHost: 'B.example.com' })).toEqual(['wild'])
    expect(chosen(gateway, route, { probeHost: 'b.test' })).toBe(
      'The requests of this run would hit no rule of demo/web: it has no host b.test, which probe-host names. It has: *.example.com.',
    )
  })

  test('are not those whose hosts all belong to a more specific listener of the port', () => {
    const gateway = gatewayWith([
      listener({ name: 'wild', hostname: '*.example.com' }),
      listener({ name: 'own', hostname: 'a.example.com' }),
    ])
    const spec = (sectionName: string) => ({
      hostnames: ['a.example.com'],
      parentRefs: [{ name: 'public', sectionName }],
    })
    expect(chosen(gateway, routeObject({ spec: spec('own') }))).toEqual(['own'])
    expect(chosen(gateway, routeObject({ spec: spec('wild') }))).toContain(
      'wild (port 80) has no traffic for a.example.com, because another listener of the port has a more specific hostname',
    )
  })

  test('are served by their controller, as far as it has seen the newest Gateway', () => {
    const conditions = (observedGeneration: number) => [
      {
        type: 'Conflicted',
        status: 'True',
        reason: 'ProtocolConflict',
        message: 'port 80 is taken',
        observedGeneration,
      },
    ]
    const listeners = (generation: number) => ({
      status: { listeners: [{ name: 'http', conditions: conditions(generation) }] },
    })
    expect(chosen(gatewayWith([listener()], listeners(1)), routeObject())).toBe(
      'Gateway demo/public has no listener for this rule: http (port 80) is not served by its controller (ProtocolConflict, "port 80 is taken").',
    )
    expect(chosen(gatewayWith([listener()], listeners(0)), routeObject())).toEqual(['http'])
  })

  test('are no UDP listeners, which are not supported', () => {
    const udp = listener({ name: 'dns', port: 53, protocol: 'UDP' })
    expect(chosen(gatewayWith([udp]), routeObject({ kind: 'TCPRoute' }))).toBe(
      'Gateway demo/public has no listener for this rule: dns (port 53) is UDP, which is not supported.',
    )
    expect(chosen(gatewayWith([]), routeObject())).toContain('it has no listeners')
  })
})

const LABEL = fc.constantFrom('a', 'b')
const NAME = fc
  .tuple(fc.constantFrom('', '*.'), fc.array(LABEL, { minLength: 1, maxLength: 2 }))
  .map(([wildcard, labels]) => `${wildcard}${[...labels, 'test'].join('.')}`)
const CONCRETE = fc
  .array(LABEL, { minLength: 1, maxLength: 3 })
  .map((all) => `${all.join('.')}.test`)

describe('for every hostname of a listener and all of a route,', () => {
  test('the admitted hosts cover exactly the names that both cover', () => {
    fc.assert(
      fc.property(fc.option(NAME), fc.array(NAME), CONCRETE, (hostname, hostnames, name) => {
        const gateway = gatewayWith([listener(hostname === null ? {} : { hostname })])
        const route = routeObject({ spec: { hostnames } })
        const isOwn = hostnames.length === 0 || hostnames.some((one) => coversHost(one, name))
        const isOffered = hostname === null || coversHost(hostname, name)
        const admitted = admittedHosts(only(gateway.listeners), route)
        expect(admitted.some((one) => coversHost(one, name))).toBe(isOwn && isOffered)
      }),
    )
  })

  test('each name is reached at no more than one listener of a port', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.option(NAME)), CONCRETE, (names, name) => {
        const gateway = gatewayWith(
          names.map((hostname, index) =>
            listener({ name: `l${index}`, ...(hostname === null ? {} : { hostname }) }),
          ),
        )
        const route = routeObject({ spec: { hostnames: [name] } })
        const reaching = gateway.listeners.filter(
          (one) => reachedHosts({ gateway, listener: one }, route).length > 0,
        )
        const offered = names.filter((one) => one === null || coversHost(one, name))
        expect(reaching.length).toBe(offered.length === 0 ? 0 : 1)
      }),
    )
  })
})
