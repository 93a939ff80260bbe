import { describe, expect, test } from 'vitest'
import { optionsOf } from '../../../kit/options/reading.ts'
import { type Probed, probeFor, probeWarnings } from '../../../src/evidence/probe/probe-for.ts'
import type { ProbeSettings } from '../../../src/evidence/probe/probes.ts'

const HTTP: Probed = { protocol: 'http', tls: 'none', hosts: ['shop.example', 'cart.example'] }
const TCP: Probed = { protocol: 'tcp', tls: 'none', hosts: [] }

function settingsFor(probed: Probed, inputs: Record<string, string> = {}): ProbeSettings {
  const made = probeFor(optionsOf(inputs).probe, probed)
  if (!made.ok) throw new Error(made.problems.map(({ what }) => what).join('\n'))
  return made.value
}

function wrongFor(
  probed: Probed,
  inputs: Record<string, string> = {},
): [string | undefined, string][] {
  const made = probeFor(optionsOf(inputs).probe, probed)
  return made.ok ? [] : made.problems.map(({ input, what }) => [input, what])
}

describe('samples of', () => {
  test('a tcp rule are connections with the payload', () => {
    expect(settingsFor(TCP)).toEqual({
      kind: 'tcp',
      payload: new TextEncoder().encode('hello\n'),
      replyUntil: 'newline',
    })
  })

  test('an http rule are requests for the first host', () => {
    expect(settingsFor(HTTP)).toEqual({
      kind: 'http',
      method: 'GET',
      path: '/',
      authority: 'shop.example',
      headers: [],
      version: '1.1',
      tls: undefined,
    })
  })

  test('an http rule are requests for an address of IPv6 in brackets', () => {
    const inputs = { 'probe-host': '2001:db8::1', 'probe-tls': 'true' }
    expect(settingsFor(HTTP, inputs)).toMatchObject({
      authority: '[2001:db8::1]',
      tls: { serverName: '2001:db8::1' },
    })
  })

  test('an http rule can be calls of gRPC, which check the health', () => {
    expect(settingsFor(HTTP, { probe: 'grpc' })).toEqual({
      kind: 'grpc',
      path: '/grpc.health.v1.Health/Check',
      authority: 'shop.example',
      headers: [],
      tls: undefined,
    })
  })

  test('an http rule can be connections with a payload, or runs of a command', () => {
    expect(settingsFor(HTTP, { probe: 'tcp', payload: 'GET / HTTP/1.0' }).kind).toBe('tcp')
    const command = { probe: 'command', 'probe-command': 'client' }
    expect(settingsFor(HTTP, command)).toEqual({ kind: 'command', commandLine: 'client' })
  })

  test('a tls rule are TLS connections for the first host', () => {
    const probed: Probed = { protocol: 'tls', tls: 'passthrough', hosts: ['db.example'] }
    expect(settingsFor(probed)).toMatchObject({
      kind: 'tcp',
      tls: { serverName: 'db.example', ca: undefined, client: undefined, insecure: false },
    })
  })

  test('any rule use TLS where the server of the gateway expects it', () => {
    const terminated: Probed = { ...HTTP, tls: 'terminate' }
    expect(settingsFor(terminated)).toMatchObject({ tls: { serverName: 'shop.example' } })
    expect(settingsFor({ ...TCP, tls: 'terminate', hosts: ['db.example'] })).toMatchObject({
      kind: 'tcp',
      tls: { serverName: 'db.example' },
    })
    expect(settingsFor(terminated, { 'probe-tls': 'false' })).toMatchObject({ tls: undefined })
    expect(settingsFor(HTTP, { 'probe-tls': 'true', 'probe-host': 'a.example' })).toMatchObject({
      authority: 'a.example',
      tls: { serverName: 'a.example' },
    })
  })
})

describe('inputs are refused', () => {
  test('that mean nothing for the probe of the rule', () => {
    expect(wrongFor(HTTP, { payload: 'a', 'reply-until': 'close' })).toEqual([
      [
        'payload',
        'payload is only used with probe: tcp, and samples of http rules are taken with probe: http by default.',
      ],
      [
        'reply-until',
        'reply-until is only used with probe: tcp, and samples of http rules are taken with probe: http by default.',
      ],
    ])
    expect(wrongFor(TCP, { 'probe-path': '/a', 'probe-host': 'a.example' })).toEqual([
      [
        'probe-path',
        'probe-path is only used with probe: http or grpc, and samples of tcp rules are taken with probe: tcp by default.',
      ],
    ])
  })

  test('about TLS where nothing shows that it is expected', () => {
    expect(wrongFor(TCP, { 'probe-insecure': 'true' })).toEqual([
      [
        'probe-insecure',
        "probe-insecure is only used with TLS, and neither the rule nor the gateway's server shows that it expects TLS.",
      ],
    ])
  })

  test('without a host where the rule has none that can be asked for', () => {
    const required = [
      'probe-host',
      'probe-host is required, because the rule has no concrete host that samples could ask for.',
    ]
    expect(wrongFor({ ...HTTP, hosts: [] })).toEqual([required])
    expect(wrongFor({ ...TCP, tls: 'terminate' })).toEqual([required])
    expect(wrongFor({ ...TCP, tls: 'terminate' }, { 'probe-insecure': 'true' })).toEqual([])
    const passthrough: Probed = { protocol: 'tls', tls: 'passthrough', hosts: [] }
    expect(wrongFor(passthrough, { 'probe-insecure': 'true' })).toEqual([required])
    expect(wrongFor(TCP)).toEqual([])
  })
})

test('a warning says that any certificate is accepted', () => {
  const insecure = settingsFor(HTTP, { 'probe-tls': 'true', 'probe-insecure': 'true' })
  expect(probeWarnings(insecure)).toMatchObject([
    { severity: 'warning', code: 'ITS-PROBE-INSECURE' },
  ])
  expect(probeWarnings(settingsFor(HTTP, { 'probe-tls': 'true' }))).toEqual([])
  expect(probeWarnings(settingsFor(TCP))).toEqual([])
})
