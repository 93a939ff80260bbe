import { describe, expect, test } from 'vitest'
import type { ReplyHead } from '../../../../src/evidence/probe/connection-outcome.ts'
import {
  type OwnReplyCause,
  ownReplyCause,
} from '../../../../src/evidence/probe/http/own-reply-cause.ts'

const head = (changes: Partial<ReplyHead>): ReplyHead => ({
  status: 200,
  headers: { server: 'istio-envoy' },
  ...changes,
})

describe('the cause of a reply that the gateway makes itself', () => {
  const to = (location: string) => ({ headers: { location } })
  test.each<[string, Partial<ReplyHead>, string, OwnReplyCause]>([
    ['a redirect to https', { status: 301, ...to('https://a.example/') }, '', 'redirect-to-https'],
    ['another redirect', { status: 308, ...to('http://a.example/b') }, '', 'redirect'],
    ['a redirect to a path', { status: 302, ...to('/b') }, '', 'redirect'],
    ['400', { status: 400 }, 'Bad Request', 'malformed'],
    ['401', { status: 401 }, 'Jwt is missing', 'unauthenticated'],
    ['403', { status: 403 }, 'RBAC: access denied', 'denied'],
    ['404', { status: 404 }, '', 'no-route'],
    ['426', { status: 426 }, '', 'http-version'],
    ['429', { status: 429 }, 'local_rate_limited', 'rate-limit'],
    ['500', { status: 500 }, '', 'gateway-error'],
    ['503 without endpoints', { status: 503 }, 'no healthy upstream', 'no-endpoints'],
    ['503 without a body', { status: 503 }, '', 'no-cluster'],
    [
      '503 of a connection that fails',
      { status: 503 },
      'upstream connect error or disconnect/reset before headers. retried and the latest reset reason: remote connection failure',
      'no-connection',
    ],
    [
      '503 of a limit on connections',
      { status: 503 },
      'upstream connect error or disconnect/reset before headers. reset reason: overflow',
      'overflow',
    ],
    ['another 503', { status: 503 }, 'envoy overloaded', 'unavailable'],
    ['504', { status: 504 }, 'upstream request timeout', 'timeout'],
    ['408 of a stream', { status: 408 }, 'stream timeout', 'timeout'],
    ['an injected fault', { status: 503 }, 'fault filter abort', 'injected'],
    ['any other status', { status: 418 }, 'tea', 'other'],
  ])('of %s is found', (_, changes, body, cause) => {
    expect(ownReplyCause(head(changes), body)).toBe(cause)
  })

  test.each<[string, string, OwnReplyCause]>([
    ['UNAVAILABLE', 'no healthy upstream', 'no-endpoints'],
    ['UNAVAILABLE', '', 'unavailable'],
    ['UNIMPLEMENTED', '', 'no-route'],
    ['UNAUTHENTICATED', 'Jwt is missing', 'unauthenticated'],
    ['PERMISSION_DENIED', 'RBAC: access denied', 'denied'],
    ['DEADLINE_EXCEEDED', '', 'timeout'],
    ['INTERNAL', '', 'other'],
  ])('of gRPC is found by its status %s and message "%s"', (grpcStatus, message, cause) => {
    const headers = message === '' ? {} : { 'grpc-message': message }
    expect(ownReplyCause(head({ grpcStatus, headers }), '')).toBe(cause)
  })
})
