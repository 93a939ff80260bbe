import { expect, test } from 'vitest'
import { queryUrl, shownServer } from '../../../src/evidence/prometheus/server.ts'
import { serverSecrets } from '../../../src/evidence/prometheus/server-secrets.ts'

test.each([
  ['http://prometheus:9090', 'http://prometheus:9090/api/v1/query'],
  ['http://prometheus:9090/', 'http://prometheus:9090/api/v1/query'],
  ['https://mimir.example.com/prometheus/', 'https://mimir.example.com/prometheus/api/v1/query'],
  ['https://a.example.com/api/prom', 'https://a.example.com/api/prom/api/v1/query'],
  ['https://a.example.com/x/api/v1', 'https://a.example.com/x/api/v1/query'],
  ['https://a.example.com/x/api/v1/query/', 'https://a.example.com/x/api/v1/query'],
  [
    'https://thanos.example.com?partial_response=false',
    'https://thanos.example.com/api/v1/query?partial_response=false',
  ],
])('%s is asked at %s', (url, asked) => {
  expect(queryUrl({ url }).href).toBe(asked)
})

test('what is shown of a server has neither credentials nor parameters', () => {
  const url = 'https://user:password@a.example.com:8443/prom/?token=abcdef'
  expect(shownServer({ url })).toBe('https://a.example.com:8443/prom')
})

test('passwords, tokens and values of headers are secret, but no short value of another header', () => {
  const secrets = serverSecrets({
    url: 'https://user:pass%20word@a.example.com/?access_token=abcdef&dedup=true',
    headers: [
      ['authorization', `Basic ${Buffer.from('grafana:glc-12345').toString('base64')}`],
      ['x-api-key', 'abcd'],
      ['x-scope-orgid', 'demo'],
      ['x-tenant', 'tenant-of-us'],
    ],
  })
  expect(secrets).toEqual(
    expect.arrayContaining(['pass%20word', 'abcdef', 'glc-12345', 'abcd', 'tenant-of-us']),
  )
  expect(secrets).not.toContain('demo')
  expect(secrets).not.toContain('true')
})
