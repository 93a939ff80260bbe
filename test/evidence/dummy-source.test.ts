import { expect, test } from 'vitest'
import { sampleOf } from '../../kit/evidence/samples.ts'
import { sampleFrom, seededRandom } from '../../kit/split/samples.ts'
import type { SourceKind } from '../../src/evidence/evidence-source.ts'
import { SOURCES, sourceOf } from '../../src/evidence/sources.ts'
import type { JudgeKind } from '../../src/split/judge/judge.ts'
import { verifyCheck } from './support/verify-check.ts'

type DiceSettings = { evidence: 'dice'; shares: readonly number[] }

// All that a new source of single samples is: this value, in a file of its own ...
const dice: SourceKind<DiceSettings> = {
  evidence: 'dice',
  open: ({ shares }) => ({
    details: new Set(['order']),
    start({ most = () => Number.POSITIVE_INFINITY }, take) {
      const random = seededRandom(11)
      let launched = 0
      const timer = setInterval(() => {
        for (let i = 0; i < 100 && launched < most(); i += 1) {
          launched += 1
          take(sampleOf({ kind: 'destination', index: sampleFrom(shares, random) }))
        }
      }, 1)
      return { stop: () => clearInterval(timer), launched: () => launched }
    },
  }),
}

// ... and a source of counts, as of proxies' counters.
const counters: SourceKind<DiceSettings> = {
  evidence: 'dice',
  open: () => ({
    details: new Set(['proxy']),
    start(_, take) {
      const timer = setInterval(
        () =>
          take({
            kind: 'counts',
            proxy: 'gateway-1',
            fromMs: 0,
            toMs: 1,
            counts: [80, 20],
            errors: [0, 0],
          }),
        1,
      )
      return { stop: () => clearInterval(timer), launched: () => 0 }
    },
  }),
}

/** Passes after 1,000 samples, whatever they are. */
const enough: JudgeKind = {
  question: 'Were there 1,000 samples?',
  needs: new Set(['proxy']),
  start() {
    let samples = 0
    const decision = () => (samples >= 1000 ? ('pass' as const) : undefined)
    return {
      observe(sample) {
        samples +=
          sample.kind === 'counts' ? sample.counts.reduce((sum, count) => sum + count, 0) : 1
        return decision()
      },
      state: () => ({ decision: decision(), closeness: samples / 1000, heldBackBy: undefined }),
    }
  },
}

test.each([
  ['passes where its shares are on target', [0.8, 0.2], 'pass'],
  ['fails where they are not', [0.5, 0.5], 'off-target'],
])('a check by a source that is added to the registry %s', async (_, shares, ended) => {
  const source = sourceOf({ evidence: 'dice', shares }, [...SOURCES, dice])
  const check = await verifyCheck(source)
  expect(check.ended).toBe(ended)
})

test('a source of counts feeds judges that need no order', async () => {
  const settings: DiceSettings = { evidence: 'dice', shares: [] }
  const source = sourceOf(settings, [...SOURCES, counters])
  const check = await verifyCheck(source, { judges: [enough] })
  expect(check.ended).toBe('pass')
  expect(check.attempts[0]).toMatchObject({ samples: 1000, counts: [800, 200], unclassified: 0 })
})

test('a source whose samples do not show what a judge needs is refused before the first sample', async () => {
  const source = sourceOf({ evidence: 'dice' }, [...SOURCES, counters])
  await expect(verifyCheck(source)).rejects.toThrow('The samples do not show: order.')
})

test('a source that is not in the registry is refused', () => {
  expect(() => sourceOf({ evidence: 'dice' })).toThrow('"dice" is not a source of evidence')
})
