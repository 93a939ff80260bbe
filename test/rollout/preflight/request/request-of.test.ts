import { describe, expect, test } from 'vitest'
import type { HttpProbeSettings } from '../../../../src/evidence/probe/http/http-probe-settings.ts'
import { parseGateway } from '../../../../src/gateways/istio/gateway-object.ts'
import { requestOf } from '../../../../src/rollout/preflight/request/request-of.ts'

const GATEWAY = parseGateway({
  metadata: { name: 'public', namespace: 'demo' },
  spec: { servers: [{ port: { number: 8443, protocol: 'HTTPS' }, tls: { mode: 'SIMPLE' } }] },
})

function found() {
  const [server] = GATEWAY?.servers ?? []
  if (!GATEWAY || !server) throw new Error('no server')
  return { at: { gateway: GATEWAY, server }, pods: undefined }
}

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
    expect(requestOf({ protocol: 'http' }, HTTP, found())).toEqual({
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
    const request = requestOf({ protocol: 'http' }, { ...same, kind: 'grpc' }, found())
    expect(request).toMatchObject({ method: 'POST' })
    expect(request).toHaveProperty('headers', expect.arrayContaining([['te', 'trailers']]))
  })

  test('is the name of a TLS connection for a tls rule, with whatever is inside', () => {
    expect(requestOf({ protocol: 'tls' }, HTTP, found())).toEqual({
      protocol: 'tls',
      gateway: 'demo/public',
      port: 8443,
      sni: 'shop.test',
    })
  })

  test('is not known for a command, for bytes in place of HTTP, or without a server', () => {
    const command = { kind: 'command' as const, commandLine: 'curl' }
    const tcp = { kind: 'tcp' as const, payload: new Uint8Array(), replyUntil: 'newline' as never }
    expect(requestOf({ protocol: 'http' }, command, found())).toBeUndefined()
    expect(requestOf({ protocol: 'http' }, tcp, found())).toBeUndefined()
    expect(requestOf({ protocol: 'tls' }, tcp, found())).toBeUndefined()
    expect(
      requestOf({ protocol: 'http' }, HTTP, { at: undefined, pods: undefined }),
    ).toBeUndefined()
  })
})
