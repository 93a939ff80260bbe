import { describe, expect, test } from 'vitest'
import type {
  FailureCause,
  Unclassified,
} from '../../../../src/evidence/probe/connection-outcome.ts'
import { httpHint, type Requesting } from '../../../../src/evidence/probe/http/http-hint.ts'

const TLS = { serverName: 'shop.example', ca: undefined, client: undefined, insecure: false }
const PLAIN: Requesting = { tls: undefined, version: '1.1' }
const SECURE: Requesting = { tls: TLS, version: '1.1' }
const GRPC: Requesting = { tls: undefined, version: undefined }

function hint(
  settings: Requesting,
  why: Unclassified,
  { cause, example }: { cause?: FailureCause; example?: string } = {},
): string {
  return httpHint(settings, { why, cause, example, beyond: [], timeoutMs: 5000 })
}

describe('the hint says which input to check', () => {
  test.each<[string, Requesting, Unclassified, FailureCause | undefined, RegExp]>([
    ['the port expects TLS', PLAIN, 'failed', 'expects TLS', /Set probe-tls: true\. $/],
    ['the port may expect TLS', PLAIN, 'closed', undefined, /may expect TLS \(probe-tls: true\)/],
    ['the port speaks plaintext', SECURE, 'tls', 'expects plaintext', /Set probe-tls: false/],
    [
      'the name may have no server',
      SECURE,
      'reset',
      undefined,
      /no server or route for shop\.example \(probe-host\)/,
    ],
    ['the issuer is not trusted', SECURE, 'tls', 'untrusted', /set probe-ca/],
    [
      'the certificate is for another name',
      SECURE,
      'tls',
      'other name',
      /Set probe-host to a name/,
    ],
    ['the certificate has expired', SECURE, 'tls', 'expired', /Renew/],
    [
      'a certificate of the client is needed',
      SECURE,
      'tls',
      'client certificate',
      /set probe-cert and probe-key/,
    ],
    ['HTTP/2 is needed', PLAIN, 'failed', 'expects HTTP/2', /Set probe-http: 2/],
    [
      'HTTP/1.1 is needed',
      { ...PLAIN, version: '2' },
      'failed',
      'expects HTTP/1.1',
      /Set probe-http: 1\.1/,
    ],
    ['ALPN has no common version', SECURE, 'tls', 'other protocol', /Set probe-http: 2/],
    ['gRPC needs HTTP/2', GRPC, 'failed', 'expects HTTP/1.1', /which gRPC needs/],
    ['it is not HTTP', PLAIN, 'failed', 'no HTTP', /use probe: tcp/],
    ['nothing listens', PLAIN, 'refused', undefined, /^Nothing listens there\./],
    ['no connection was established', PLAIN, 'connect timeout', undefined, /A firewall may/],
    ['no reply came in time', PLAIN, 'timeout', undefined, /raise probe-timeout/],
  ])('where %s', (_, settings, why, cause, says) => {
    expect(hint(settings, why, cause === undefined ? {} : { cause })).toMatch(says)
  })

  test('where a server that expects TLS answers a request without it', () => {
    const example = '400 Client sent an HTTP request to an HTTPS server.'
    expect(hint(PLAIN, 'unknown reply', { example })).toContain('set probe-tls: true')
    expect(hint(SECURE, 'unknown reply', { example })).toBe('')
    expect(hint(PLAIN, 'unknown reply', { example: '404 not found' })).toBe('')
  })
})
