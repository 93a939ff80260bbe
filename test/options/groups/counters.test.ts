import { describe, expect, test } from 'vitest'
import { optionsOf, wrongWith } from '../../../kit/options/reading.ts'

const COUNTERS = { evidence: 'counters', expect: undefined }
const USERS = { ...COUNTERS, traffic: 'users' }

describe('evidence: counters', () => {
  test('needs no expect', () => {
    expect(optionsOf(COUNTERS)).toMatchObject({
      evidence: 'counters',
      traffic: 'own',
      expect: [],
      drainTimeoutMs: undefined,
    })
    expect(optionsOf({ ...USERS, mode: 'verify' }).traffic).toBe('users')
  })

  test('takes drain-timeout, which is longer than 0', () => {
    expect(optionsOf({ ...COUNTERS, 'drain-timeout': '2m' }).drainTimeoutMs).toBe(120_000)
    expect(wrongWith({ ...COUNTERS, 'drain-timeout': '0s' })).toHaveLength(1)
  })

  test('may have an expectation for its own samples, and with it the statuses of errors and a limit of latency', () => {
    expect(wrongWith({ evidence: 'counters' })).toEqual([])
    const given = { evidence: 'counters', errors: '5xx', 'max-latency': 'p99=250ms' }
    expect(wrongWith(given)).toEqual([])
  })

  test.each([
    [{ 'max-latency': 'p99=250ms' }, 'max-latency'],
    [{ expect: 'stamp' }, 'expect: stamp'],
  ])('%o is refused, and both inputs are named', (given, name) => {
    expect(wrongWith({ ...COUNTERS, ...given })).toEqual([
      expect.stringMatching(
        new RegExp(`^${name} cannot be combined with evidence: counters\\. .+\\.$`),
      ),
    ])
  })

  test('is refused for a manifest that the run edits', () => {
    expect(wrongWith({ ...COUNTERS, manifest: 'a.yaml', 'drain-timeout': '5s' })).toEqual([
      expect.stringMatching(/^evidence cannot be combined with manifest\. /),
      expect.stringMatching(/^drain-timeout cannot be combined with manifest\. /),
    ])
  })
})

describe('traffic: users', () => {
  test.each([
    ['probe', 'tcp'],
    ['payload', 'hi'],
    ['reply-until', 'close'],
    ['probe-method', 'HEAD'],
    ['probe-path', '/x'],
    ['probe-host', 'shop.example.com'],
    ['probe-headers', '{x: y}'],
    ['probe-timeout', '1s'],
    ['expect', '{v1: "^one", v2: "^two"}'],
    ['max-latency', 'p99=250ms'],
    ['rate', '5'],
    ['connect', 'port-forward'],
    ['concurrency', '4'],
  ])('cannot be combined with %s', (name, text) => {
    expect(wrongWith({ ...USERS, [name]: text })).toEqual([
      expect.stringMatching(new RegExp(`^${name} cannot be combined with traffic: users\\. .+`)),
    ])
  })

  test('takes the default of an input as not given, as a runner passes each of them', () => {
    expect(wrongWith({ ...USERS, concurrency: '16', payload: 'hello\\n' })).toEqual([])
  })
})

test.each([['traffic', 'users'] as const, ['drain-timeout', '1m'] as const])(
  '%s cannot be combined with evidence: replies',
  (name, text) => {
    expect(wrongWith({ [name]: text })).toEqual([
      `${name} cannot be combined with evidence: replies. Set evidence: counters.`,
    ])
  },
)
