import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runOn, WEB } from '../../kit/run/run.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'

let sandbox: Sandbox
beforeAll(async () => {
  const weights = { v1: 80, v2: 20 }
  sandbox = await startSandbox({ web: { http: weights, tls: weights, grpc: weights } })
})
afterAll(() => sandbox.stop())

const VERIFY = { ...WEB, mode: 'verify', weights: 'current', confidence: '90', tolerance: '20' }

/** A verify of the web application with these inputs. */
function verify(inputs: Record<string, string>) {
  return runOn(sandbox, { ...VERIFY, ...inputs })
}

describe('the weights of an http rule are confirmed', () => {
  test('by requests, with no input about the probe', async () => {
    const { outcome } = await verify({})
    expect(outcome).toMatchObject({ verdict: 'pass' })
  })

  test('over HTTP/2', async () => {
    const { outcome } = await verify({ 'probe-http': '2' })
    expect(outcome).toMatchObject({ verdict: 'pass' })
  })

  test('over TLS, where the endpoint speaks it', async () => {
    const { host, https, authority } = sandbox.web
    for (const version of ['1.1', '2']) {
      const { outcome } = await verify({
        endpoint: `${host}:${https}`,
        'probe-host': 'web.example.com',
        'probe-tls': 'true',
        'probe-ca': authority,
        'probe-http': version,
      })
      expect(outcome).toMatchObject({ verdict: 'pass' })
    }
  })

  test('by a header and a status', async () => {
    const { outcome } = await verify({
      'probe-method': 'HEAD',
      expect: '{v1: {status: 2xx, header: {x-version: "^v1"}}, v2: {header: {x-version: "^v2"}}}',
    })
    expect(outcome).toMatchObject({ verdict: 'pass' })
  })
})

describe('the weights of a tls rule are confirmed', () => {
  const rule = { 'virtual-service': 'web-tls' }

  test('by connections that name their host', async () => {
    const { outcome } = await verify({
      ...rule,
      'probe-ca': sandbox.web.authority,
      payload: 'GET / HTTP/1.0\\r\\n\\r\\n',
      'reply-until': 'match',
    })
    expect(outcome).toMatchObject({ verdict: 'pass' })
  })

  test('by requests', async () => {
    const { outcome } = await verify({
      ...rule,
      probe: 'http',
      'probe-ca': sandbox.web.authority,
    })
    expect(outcome).toMatchObject({ verdict: 'pass' })
  })

  test('not where the certificate is not trusted, unless probe-insecure is set', async () => {
    const { outcome } = await verify({ ...rule, probe: 'http' })
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight' })
    expect(outcome.message).toContain('failed in the TLS handshake (for example "')
    expect(outcome.remedy).toContain('set probe-ca')
    const insecure = await verify({ ...rule, probe: 'http', 'probe-insecure': 'true' })
    expect(insecure.outcome).toMatchObject({ verdict: 'pass' })
    expect(insecure.log).toContain('The run accepts any certificate of the gateway')
  })
})

test('the weights of a rule for gRPC are confirmed by calls', async () => {
  const { outcome } = await verify({
    'virtual-service': 'web-grpc',
    probe: 'grpc',
    expect: '{v1: {status: OK, header: {x-version: v1}}, v2: {header: {x-version: v2}}}',
  })
  expect(outcome).toMatchObject({ verdict: 'pass' })
})

test('inputs that mean nothing for the default probe of the rule are refused before a sample is taken', async () => {
  const { outcome } = await verify({ payload: 'GET /', 'probe-ca': sandbox.web.authority })
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'input' })
  expect(outcome.problems?.map(({ what }) => what)).toEqual([
    'payload is only used with probe: tcp, and samples of http rules are taken with probe: http by default.',
    "probe-ca is only used with TLS, and neither the rule nor the gateway's server shows that it expects TLS.",
  ])
})

test('every certificate and key that cannot be used is reported at once, before the first call', async () => {
  const calls = sandbox.calls.length
  const { outcome } = await verify({
    'probe-ca': '/no/such/ca.pem',
    'probe-cert': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
    'probe-key': 'secrets/key.pem',
  })
  expect(outcome.problems?.map(({ what }) => what)).toEqual([
    'probe-ca must be PEM or the path of a file with it. /no/such/ca.pem does not exist.',
    'probe-cert has no valid certificate in PEM.',
    'probe-key must be PEM or the path of a file with it. secrets/key.pem does not exist.',
  ])
  expect(sandbox.calls.length).toBe(calls)
})

test('secrets in headers are masked where a reply repeats them, and in the command to paste', async () => {
  const { outcome, log } = await verify({
    'probe-headers': '{authorization: "Bearer hunter2hunter2", x-api-key: "k3y-of-mine"}',
    expect: '{v1: "no such reply 1", v2: "no such reply 2"}',
  })
  expect(outcome.remedy).toContain(
    `--header "authorization: $AUTHORIZATION" --header "x-api-key: $X_API_KEY"`,
  )
  for (const text of [JSON.stringify(outcome), log])
    expect(text).not.toMatch(/hunter2hunter2|k3y-of-mine/)
})
