import { describe, expect, test } from 'vitest'
import { payloadRequest } from '../../../../src/rollout/preflight/request/payload-request.ts'

const parsed = (text: string) => payloadRequest(Buffer.from(text, 'latin1'))

describe('a payload is compared with rules as the HTTP request that it begins with', () => {
  test.each([
    [
      'a request with headers',
      'GET /api?a=1 HTTP/1.1\r\nHost: shop.test:8080\r\nX-Canary:  yes \r\nConnection: close\r\n\r\n',
      {
        method: 'GET',
        authority: 'shop.test:8080',
        path: '/api?a=1',
        headers: [['x-canary', 'yes']],
      },
    ],
    [
      'one with a body, and another one behind it',
      'POST / HTTP/1.0\r\nhost: a\r\ncontent-length: 2\r\n\r\nhiGET /b HTTP/1.1\r\n\r\n',
      { method: 'POST', authority: 'a', path: '/', headers: [['content-length', '2']] },
    ],
    [
      'one to an absolute address, whose host counts',
      'GET http://b.test/x HTTP/1.1\nHost: a.test\n\n',
      { method: 'GET', authority: 'b.test', path: '/x', headers: [] },
    ],
    [
      'one to an absolute address without a path',
      'GET http://b.test?q=1 HTTP/1.1\r\nHost: b.test\r\n\r\n',
      { method: 'GET', authority: 'b.test', path: '/?q=1', headers: [] },
    ],
  ])('%s', (_, text, request) => {
    expect(parsed(text)).toEqual(request)
  })

  test.each([
    ['other bytes', 'hello\n'],
    ['nothing', ''],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\nAccept: a\r\n\r\n'],
    ['a line that is no header', 'GET / HTTP/1.1\r\nHost: a\r\nno header\r\n\r\n'],
  ])('but not %s', (_, text) => {
    expect(parsed(text)).toBeUndefined()
  })
})
