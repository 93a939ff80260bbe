import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sampleOf } from '../../../kit/evidence/samples.ts'
import type { Unclassified } from '../../../src/evidence/probe/connection-outcome.ts'
import { type ProbeSettings, probeOf } from '../../../src/evidence/probe/probes.ts'
import { startRedacting } from '../../../src/report/redact/redact.ts'
import { remedyForReplies } from '../../../src/rollout/preflight/probe-hints.ts'

const EXPECT = [
  { destination: 'v1', pattern: /^one/ },
  { destination: 'v2', pattern: /^two/ },
]
const ENDPOINT = { host: '192.0.2.1', port: 31400 }

function tcp(
  payload: string,
  replyUntil: 'newline' | 'match' | 'close' = 'newline',
): ProbeSettings {
  return { kind: 'tcp', payload: Buffer.from(payload, 'latin1'), replyUntil }
}

function tcpUtf8(payload: string): ProbeSettings {
  return { kind: 'tcp', payload: Buffer.from(payload), replyUntil: 'newline' }
}

/** Characters of which each has its own place in a shell, in printf, or in UTF-8. */
const PRINTABLE = fc.constantFrom(...'ab01%\\\'"$`!# \n\r\täß語😀')
const SECRETS = [
  'p\u00e4ssw\u00f6rd-1',
  "it's-secret",
  'correct horse battery',
  '100%-secret$',
] as const

function remedy(probe: ProbeSettings, ...whys: readonly Unclassified[]): string {
  const samples = whys.map((why) => sampleOf({ kind: 'unclassified', why, detail: '' }))
  return remedyForReplies(
    { expect: EXPECT, probe: probeOf(probe), probeTimeoutMs: 5000 },
    ENDPOINT,
    samples,
  )
}

test('the remedy is reply-until: newline where a line arrives and reply-until is close', () => {
  const sample = sampleOf({
    kind: 'unclassified',
    why: 'timeout',
    detail: 'one hello',
    beyond: { text: 'one hello', matches: true },
  })
  const said = remedyForReplies(
    { expect: EXPECT, probe: probeOf(tcp('x', 'close')), probeTimeoutMs: 5000 },
    ENDPOINT,
    [sample],
  )
  expect(said).toContain('"one hello" arrived. Use reply-until: newline')
})

describe('the remedy starts with what to check when most connections', () => {
  test.each<[string, ProbeSettings, Unclassified, RegExp]>([
    ['were refused', tcp('x\n'), 'refused', /^Nothing listens there\. .*Gateway.*Service/],
    [
      'were not established',
      tcp('x\n'),
      'connect timeout',
      /^No connection .* \(5 s\)\. A firewall may/,
    ],
    [
      'got no reply',
      tcp('x\n'),
      'timeout',
      /^The connections were accepted, .* longer than 5 s to answer, raise probe-timeout\./,
    ],
    ['got no reply to half a line', tcp('x'), 'timeout', /^payload does not end with \\n/],
    ['were not closed by the server', tcp('x', 'close'), 'timeout', /^With reply-until: close/],
    ['were reset', tcp('x\n'), 'reset', /^The port may expect TLS/],
    ['were closed without a reply', tcp('x\n'), 'closed', /^The port may expect TLS/],
    [
      'got a reply that no expression matches',
      tcp('x\n'),
      'unknown reply',
      /^expect has v1: \/\^one\/, v2: \/\^two\/\. A reply ends at its first line feed\. If .* reply-until: match\. To see/,
    ],
    [
      'got a reply that is too long',
      tcp('x\n'),
      'truncated reply',
      /^No expression matches the first 64 KiB of the reply\. .*Correct expect/,
    ],
    [
      'come from a command that writes nothing',
      { kind: 'command', commandLine: 'true' },
      'closed',
      /^probe-command wrote/,
    ],
    [
      'come from a command that is slow',
      { kind: 'command', commandLine: 'cat' },
      'timeout',
      /^probe-command did not end within probe-timeout \(5 s\)\. .*raise probe-timeout/,
    ],
    [
      'come from a command that fails',
      { kind: 'command', commandLine: 'false' },
      'failed',
      /^To see what/,
    ],
  ])('%s', (_, probe, why, says) => {
    expect(remedy(probe, 'failed', why, why)).toMatch(says)
  })
})

describe('the command in the remedy', () => {
  test('sends a payload byte for byte', () => {
    const payload = `-GET /%s\\0101 'a'\t\r\n`
    const [, command = ''] =
      /\n {2}(.*) \| nc -w 2 '192\.0\.2\.1' 31400$/s.exec(remedy(tcp(payload), 'reset')) ?? []
    expect(execFileSync('sh', ['-c', command], { encoding: 'latin1' })).toBe(payload)
  })

  test('has a password in the payload letter by letter, so that the runner can mask it', () => {
    expect(remedy(tcp('AUTH -p%ss"$wd\r\nPING\r\n'), 'reset')).toContain('AUTH -p%ss"$wd')
  })

  test('sends any printable payload byte for byte', () => {
    fc.assert(
      fc.property(fc.string({ unit: PRINTABLE, minLength: 1, maxLength: 40 }), (payload) => {
        const [, sending = ''] =
          / {2}(printf .*) \| nc /s.exec(remedy(tcpUtf8(payload), 'reset')) ?? []
        expect(execFileSync('sh', ['-c', sending], { encoding: 'utf8' })).toBe(payload)
      }),
      { seed: 1, numRuns: 20 },
    )
  })

  test.each([
    ['longer than 200 characters', 'x'.repeat(201), 'which is longer than 200 characters'],
    ['not text', 'hello \xff', 'which is not printable text'],
    ['of control characters', '\x16\x03\x01', 'which is not printable text'],
  ])('leaves out a payload that is %s, and says so', (_, payload, why) => {
    const said = remedy(tcp(payload), 'reset')
    expect(said).toMatch(
      new RegExp(`To see what comes back, send payload, ${why}, over this connection:\\n {2}nc `),
    )
    expect(said).not.toContain('printf')
    expect(said).not.toContain('xxx')
    expect(said).toMatch(/nc -w 2 '192\.0\.2\.1' 31400$/)
  })

  test.each([
    ['payload', tcpUtf8],
    [
      'probe-command',
      (secret: string): ProbeSettings => ({
        kind: 'command',
        commandLine: `client ${secret.replace(/^.*'.*$/, '"$&"')}`,
      }),
    ],
  ])('has no secret that is masked, whatever its characters, in %s', (_, probeWith) => {
    for (const secret of SECRETS) {
      const { add, redact } = startRedacting()
      add(secret)
      const said = redact(remedy(probeWith(secret), 'reset'))
      expect(said).toContain('***')
      expect(said).not.toContain(secret.slice(0, 5))
    }
  })

  test('sends nothing where the payload is empty', () => {
    expect(remedy(tcp(''), 'timeout')).toMatch(/\n {2}nc -w 2 '192\.0\.2\.1' 31400 <\/dev\/null$/)
  })

  test('gives probe-command the address as the probe does, and its words unchanged', () => {
    const commandLine = `sh -c 'printf "%s " "$PROBE_HOST" "$PROBE_PORT" "$1"' me "it's"`
    const [, command = ''] =
      /\n {2}(.*)$/.exec(remedy({ kind: 'command', commandLine }, 'failed')) ?? []
    expect(execFileSync('sh', ['-c', command], { encoding: 'utf8' })).toBe("192.0.2.1 31400 it's ")
  })
})
