import { describe, expect, test } from 'vitest'
import type { HttpProbeSettings } from '../../../../src/evidence/probe/http/http-probe-settings.ts'
import { requestOf } from '../../../../src/rollout/preflight/request/request-of.ts'

const FOUND = { arrival: { gateway: 'demo/public', port: 8443 } }

const TLS = { serverName: 'shop.test', ca: undefined, client: undefined, insecure: false }
const HTTP: HttpProbeSettings = {
  kind: 'http',
  method: 'PUT',
  path: '/api?a=1',
  authority: 'shop.test',
  headers: [['accept', 'text/html']],
  version: '1.1',
  tls: TLS,
}

describe('what a probe sends, as far as it decides which rule it hits,', () => {
  test('is the request of an http probe, with the headers that it sends by default', () => {
    expect(requestOf({ protocol: 'http' }, HTTP, FOUND)).toEqual({
      protocol: 'http',
      gateway: 'demo/public',
      port: 8443,
      method: 'PUT',
      scheme: 'https',
      authority: 'shop.test',
      path: '/api?a=1',
      headers: [
        ['user-agent', 'istio-traffic-shift'],
        ['accept', 'text/html'],
      ],
    })
  })

  test('is a POST for gRPC', () => {
    const { kind: _, method: __, version: ___, ...same } = HTTP
    const request = requestOf({ protocol: 'http' }, { ...same, kind: 'grpc' }, FOUND)
    expect(request).toMatchObject({ method: 'POST' })
    expect(request).toHaveProperty('headers', expect.arrayContaining([['te', 'trailers']]))
  })

  test('is the name of a TLS connection for a tls rule, with whatever is inside', () => {
    expect(requestOf({ protocol: 'tls' }, HTTP, FOUND)).toEqual({
      protocol: 'tls',
      gateway: 'demo/public',
      port: 8443,
      sni: 'shop.test',
    })
  })

  test('is not known for a command, for bytes in place of HTTP, or without a server', () => {
    const command = { kind: 'command' as const, commandLine: 'curl' }
    const tcp = { kind: 'tcp' as const, payload: new Uint8Array(), replyUntil: 'newline' as never }
    expect(requestOf({ protocol: 'http' }, command, FOUND)).toBeUndefined()
    expect(requestOf({ protocol: 'http' }, tcp, FOUND)).toBeUndefined()
    expect(requestOf({ protocol: 'tls' }, tcp, FOUND)).toBeUndefined()
    expect(requestOf({ protocol: 'http' }, HTTP, { arrival: undefined })).toBeUndefined()
  })
})
