import fc from 'fast-check'
import { expect, test } from 'vitest'
import { endpointText, parseEndpoint } from '../../src/kube/endpoint.ts'

test.each([
  ['203.0.113.7:31400', { host: '203.0.113.7', port: 31400 }],
  ['gateway.example.com:1', { host: 'gateway.example.com', port: 1 }],
  ['localhost:65535', { host: 'localhost', port: 65535 }],
  ['[::1]:31400', { host: '::1', port: 31400 }],
  ['[2001:db8::7]:9000', { host: '2001:db8::7', port: 9000 }],
  ['[fe80::1%eth0]:9000', { host: 'fe80::1%eth0', port: 9000 }],
])('%s is a host and a port', (text, endpoint) => {
  expect(parseEndpoint(text)).toEqual(endpoint)
})

test.each([
  ['203.0.113.7', 'no port'],
  [':31400', 'no host'],
  ['gateway:', 'an empty port'],
  ['gateway:0', 'port 0'],
  ['gateway:65536', 'a port beyond 65535'],
  ['gateway:100000000', 'a port of nine digits'],
  ['gateway:http', 'a port by name'],
  ['gateway:-1', 'a negative port'],
  ['::1:31400', 'an IPv6 address without brackets'],
  ['[203.0.113.7]:31400', 'an IPv4 address in brackets'],
  ['[gateway]:31400', 'a name in brackets'],
  ['[::1]', 'brackets and no port'],
  ['tcp://gateway:31400', 'a URL'],
  ['gateway:31400/path', 'a path'],
  ['gate way:31400', 'a blank'],
  ['', 'nothing'],
])('%j is not an endpoint: %s', (text) => {
  expect(parseEndpoint(text)).toBeUndefined()
})

test('an endpoint is parsed from its own text, with IPv6 in brackets', () => {
  const hosts = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain())
  fc.assert(
    fc.property(hosts, fc.integer({ min: 1, max: 65535 }), (host, port) => {
      expect(parseEndpoint(endpointText({ host, port }))).toEqual({ host, port })
    }),
    { seed: 1 },
  )
})
