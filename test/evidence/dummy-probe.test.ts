import { expect, test } from 'vitest'
import { sampleFrom, seededRandom } from '../../kit/split/samples.ts'
import { startClassifying } from '../../src/evidence/probe/classify.ts'
import { startMatching } from '../../src/evidence/probe/match-replies.ts'
import type { ProbeKind } from '../../src/evidence/probe/probe.ts'
import { PROBES, probeOf } from '../../src/evidence/probe/probes.ts'
import { sourceOf } from '../../src/evidence/sources.ts'
import { verifyCheck } from './support/verify-check.ts'

const EXPECT = [
  { destination: 'v1', pattern: /^one / },
  { destination: 'v2', pattern: /^two / },
]

type CoinSettings = { kind: 'coin'; shares: readonly number[] }

// All that a new probe is: this value, in a file of its own ...
const coinProbe: ProbeKind<CoinSettings> = {
  kind: 'coin',
  withSettings({ shares }) {
    const random = seededRandom(5)
    return {
      takesAddressesInTurn: false,
      failsAnywhere: false,
      open: () => (done) => {
        const text = ['one hello', 'two hello'][sampleFrom(shares, random)] ?? ''
        queueMicrotask(() => done({ kind: 'reply', text }))
        return () => undefined
      },
      hint: ({ why }) => (why === undefined ? '' : 'Toss it again. '),
      manualCommand: ({ host, port }) => `toss ${host} ${port}`,
    }
  },
}

// ... and this line of the registry.
const probes = [...PROBES, coinProbe]

const ENDPOINT = { host: '192.0.2.1', port: 31400 }

test('a probe that is added to the registry takes the samples of a check', async () => {
  const probe = probeOf({ kind: 'coin', shares: [0.8, 0.2] }, probes)
  const match = startMatching(EXPECT)
  const source = sourceOf({
    evidence: 'replies',
    probe,
    target: { endpoint: ENDPOINT, addresses: [], match, timeoutMs: 1000, environment: {} },
    classify: startClassifying({ expect: EXPECT, redact: (text) => text, match }),
    concurrency: 16,
    paces: [],
    nowMs: () => performance.now(),
  })
  const check = await verifyCheck(source)
  expect(check.ended).toBe('pass')
  expect(check.attempts[0]?.samples).toBeGreaterThan(100)
})

test('a probe that is added to the registry brings its own hint and command', () => {
  const probe = probeOf({ kind: 'coin', shares: [] }, probes)
  expect(probe.hint({ why: 'timeout', beyond: [], timeoutMs: 1000 })).toBe('Toss it again. ')
  expect(probe.manualCommand(ENDPOINT)).toBe('toss 192.0.2.1 31400')
})

test('a probe that is not in the registry is refused', () => {
  expect(() => probeOf({ kind: 'coin' })).toThrow('"coin" is not a probe')
})
