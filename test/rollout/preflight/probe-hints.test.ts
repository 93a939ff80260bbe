import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Unclassified } from '../../../src/evidence/probe/met.ts'
import type { Probe } from '../../../src/options/options.ts'
import { remedyForReplies } from '../../../src/rollout/preflight/probe-hints.ts'

const EXPECT = [
  { destination: 'v1', pattern: /^one/ },
  { destination: 'v2', pattern: /^two/ },
]
const ENDPOINT = { host: '192.0.2.1', port: 31400 }

function tcp(payload: string, replyUntil: 'newline' | 'match' | 'close' = 'newline'): Probe {
  return { kind: 'tcp', payload: Buffer.from(payload, 'latin1'), replyUntil }
}

function remedy(probe: Probe, ...met: readonly Unclassified[]): string {
  const samples = met.map((why) => ({
    classified: { kind: 'unclassified' as const, why, detail: '' },
    launchedMs: 0,
    tookMs: 1,
  }))
  return remedyForReplies({ expect: EXPECT, probe }, ENDPOINT, samples)
}

test('a line that arrives while the end of the connection is waited for advises reply-until newline', () => {
  const sample = {
    classified: {
      kind: 'unclassified' as const,
      why: 'timeout' as const,
      detail: 'one hello',
      beyond: { text: 'one hello', matches: true },
    },
    launchedMs: 0,
    tookMs: 1,
  }
  const said = remedyForReplies({ expect: EXPECT, probe: tcp('x', 'close') }, ENDPOINT, [sample])
  expect(said).toContain('"one hello" arrived. Give reply-until: newline')
})

describe('what most connections met says where to look', () => {
  test.each<[string, Probe, Unclassified, RegExp]>([
    ['nobody listens', tcp('x\n'), 'refused', /^Nothing listens there: .*Gateway.*Service/],
    ['silence', tcp('x\n'), 'timeout', /^A firewall in between/],
    ['silence after half a line', tcp('x'), 'timeout', /^payload does not end with \\n/],
    [
      'silence while the end is waited for',
      tcp('x', 'close'),
      'timeout',
      /^With reply-until: close/,
    ],
    ['a reset', tcp('x\n'), 'reset', /^The port may want TLS/],
    ['an end without a reply', tcp('x\n'), 'closed', /^The port may want TLS/],
    [
      'other replies',
      tcp('x\n'),
      'unknown reply',
      /^expect knows v1: \/\^one\/, v2: \/\^two\/\. A reply ends at its first line feed\. If .* reply-until: match\. See/,
    ],
    [
      'a silent command',
      { kind: 'command', commandLine: 'true' },
      'closed',
      /^probe-command wrote/,
    ],
    [
      'a slow command',
      { kind: 'command', commandLine: 'cat' },
      'timeout',
      /^probe-command did not end/,
    ],
    ['a command that fails', { kind: 'command', commandLine: 'false' }, 'failed', /^See what/],
  ])('%s', (_, probe, met, says) => {
    expect(remedy(probe, 'failed', met, met)).toMatch(says)
  })
})

describe('the command to paste does what a probe does', () => {
  test('a payload is sent byte for byte', () => {
    const payload = `-GET /%s\\ 'a'\r\n\x00\xff`
    const [, command = ''] =
      /\n {2}(.*) \| nc -w 2 '192\.0\.2\.1' 31400$/s.exec(remedy(tcp(payload), 'reset')) ?? []
    expect(execFileSync('sh', ['-c', command], { encoding: 'latin1' })).toBe(payload)
  })

  test('a password in a payload stands there as it is, so that the runner can mask it', () => {
    expect(remedy(tcp('AUTH -p%ss"$wd\r\nPING\r\n'), 'reset')).toContain('AUTH -p%ss"$wd')
  })

  test('a payload of any bytes is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), (bytes) => {
        const payload = Buffer.from(bytes).toString('latin1')
        const [, sending = ''] = / {2}(printf .*) \| nc /s.exec(remedy(tcp(payload), 'reset')) ?? []
        expect(execFileSync('sh', ['-c', sending], { encoding: 'latin1' })).toBe(payload)
      }),
      { seed: 1, numRuns: 20 },
    )
  })

  test('where the server speaks first nothing is sent', () => {
    expect(remedy(tcp(''), 'timeout')).toMatch(/\n {2}nc -w 2 '192\.0\.2\.1' 31400 <\/dev\/null$/)
  })

  test('a command gets the address as a probe gives it, and words as they are', () => {
    const commandLine = `sh -c 'printf "%s " "$PROBE_HOST" "$PROBE_PORT" "$1"' me "it's"`
    const [, command = ''] =
      /\n {2}(.*)$/.exec(remedy({ kind: 'command', commandLine }, 'failed')) ?? []
    expect(execFileSync('sh', ['-c', command], { encoding: 'utf8' })).toBe("192.0.2.1 31400 it's ")
  })
})
