import { describe, expect, test } from 'vitest'
import { optionsOf, wrongWith } from '../../../kit/options/reading.ts'

describe('namespace and the name of the object', () => {
  test.each([
    ['namespace', 'de.mo'],
    ['namespace', `${'a'.repeat(64)}`],
    ['virtual-service', 'tcp_echo'],
    ['virtual-service', '../secrets/token'],
  ])('%s cannot be %s', (input, text) => {
    const [line] = wrongWith({ [input]: text })
    expect(line).toContain(`${input} must be`)
    expect(line).toContain(`, not "${text}".`)
    expect(line).toContain('RFC 1123')
  })

  test('are required', () => {
    expect(wrongWith({ namespace: undefined, 'virtual-service': '' })).toEqual([
      'namespace is required.',
      'object is required, such as VirtualService/NAME. Or use virtual-service: NAME.',
    ])
  })
})

describe('object', () => {
  test.each([
    ['VirtualService/shop', 'VirtualService'],
    ['virtualservices/shop', 'VirtualService'],
    ['VS/shop', 'VirtualService'],
    ['virtualservice.networking.istio.io/shop', 'VirtualService'],
    ['virtualservices.v1beta1.networking.istio.io/shop', 'VirtualService'],
    ['HTTPRoute/shop', 'HTTPRoute'],
    ['httproutes/shop', 'HTTPRoute'],
    ['httproute.gateway.networking.k8s.io/shop', 'HTTPRoute'],
    ['GRPCRoute/shop', 'GRPCRoute'],
    ['tlsroutes.v1.gateway.networking.k8s.io/shop', 'TLSRoute'],
    ['TcpRoute/shop', 'TCPRoute'],
  ])('%s names a %s', (text, kind) => {
    const { object } = optionsOf({ object: text, 'virtual-service': undefined })
    expect(object).toEqual({ kind, namespace: 'demo', name: 'shop' })
  })

  test.each([
    'shop',
    'UDPRoute/shop',
    'httproutes.policy.linkerd.io/shop',
    'vs/',
    'vs/a b',
    'vs/demo/shop',
  ])('cannot be %s', (object) => {
    expect(wrongWith({ object, 'virtual-service': undefined })).toEqual([
      `object must be KIND/NAME, with the kind VirtualService, HTTPRoute, GRPCRoute, TLSRoute or TCPRoute and the name of the object without its namespace, not "${object}".`,
    ])
  })

  test('can be given beside virtual-service if both name the same object', () => {
    expect(wrongWith({ object: 'vs/shop', 'virtual-service': 'shop' })).toEqual([])
    expect(wrongWith({ object: 'vs/shop', 'virtual-service': 'cart' })).toEqual([
      'object and virtual-service name different objects: "shop" and "cart". Use one of them.',
    ])
    expect(wrongWith({ object: 'HTTPRoute/shop', 'virtual-service': 'shop' })).toEqual([
      'object and virtual-service name different objects: "HTTPRoute/shop" and "shop". Use one of them.',
    ])
  })
})

test('manifest is a path, not the content of a file', () => {
  expect(optionsOf({ manifest: 'deploy/route.yaml' }).manifest).toBe('deploy/route.yaml')
  expect(wrongWith({ manifest: 'kind: VirtualService\nmetadata: {}\n' })).toEqual([
    expect.stringMatching(
      /^manifest must be the path of a YAML file, not the content of the file, /,
    ),
  ])
})

describe('route', () => {
  test.each([
    ['tcp', { kind: 'tcp' }],
    ['tcp:1', { kind: 'tcp', text: '1' }],
    ['tcp:31400', { kind: 'tcp', text: '31400' }],
    ['tcp:65535', { kind: 'tcp', text: '65535' }],
    ['tcp[0]', { kind: 'tcp', index: 0 }],
    ['tcp[12]', { kind: 'tcp', index: 12 }],
    ['http', { kind: 'http' }],
    ['http:a name', { kind: 'http', text: 'a name' }],
    ['http[2]', { kind: 'http', index: 2 }],
    ['tls', { kind: 'tls' }],
    ['tls:a.example:1', { kind: 'tls', text: 'a.example:1' }],
    ['tls[3]', { kind: 'tls', index: 3 }],
  ])('%s selects a rule', (route, meant) => {
    expect(optionsOf({ route }).route).toEqual(meant)
  })

  test.each([
    ['rule:web', { kind: 'rule', text: 'web' }],
    ['rule[2]', { kind: 'rule', index: 2 }],
  ])('%s selects a rule of an HTTPRoute, and none of a VirtualService', (route, meant) => {
    const object = { object: 'HTTPRoute/shop', 'virtual-service': undefined }
    expect(optionsOf({ ...object, route }).route).toEqual(meant)
    expect(wrongWith({ route })[0]).toContain('route must be http, http:NAME, tls, ')
  })

  test.each(['http', 'tcp:9000', 'http[0]', 'rule', 'rule:', 'web'])(
    '%s selects no rule of an HTTPRoute',
    (route) => {
      const object = { object: 'HTTPRoute/shop', 'virtual-service': undefined }
      expect(wrongWith({ ...object, route })).toEqual([
        `route must be rule:NAME by the name of the rule, or rule[I] with its position, counted from 0, not "${route}".`,
      ])
    },
  )

  test.each([
    'tcp:0',
    'tcp:65536',
    'tcp:',
    'tcp:x',
    'http:',
    'tcp[x]',
    'tcp[-1]',
    'tcp[]',
    '31400',
    'TCP',
  ])('%s is refused', (route) => {
    expect(wrongWith({ route })).toEqual([
      `route must be http, http:NAME, tls, tls:SNI, tcp or tcp:PORT with a port from 1 to 65535, or http[I], tls[I] or tcp[I] with the position of the rule, counted from 0, not "${route}".`,
    ])
  })
})
