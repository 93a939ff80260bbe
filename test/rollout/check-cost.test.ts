import { expect, test } from 'vitest'
import { sampleIndex, seededRandom } from '../../sandbox/mesh/random.ts'
import { startClassifying } from '../../src/evidence/probe/classify.ts'
import type { Dial } from '../../src/evidence/probe/connection-outcome.ts'
import { probeSource } from '../../src/evidence/probe/probe-source.ts'
import { verifyCheck } from '../evidence/support/verify-check.ts'

const CHECKS = 2000
const REPLIES = ['one hello', 'two hello']

test('2,000 seeded verify checks at 20/5/99 take 822 connections on average, within 3%, and fail as rarely as promised', async () => {
  const random = seededRandom(20)
  // The sandbox's draws without its sockets: all else of a check is the real thing.
  const dial: Dial = (done) => {
    const text = REPLIES[sampleIndex([80, 20], random)] ?? ''
    queueMicrotask(() => done({ kind: 'reply', text }))
    return () => undefined
  }
  const classify = startClassifying({
    expect: [
      { destination: 'v1', pattern: /^one / },
      { destination: 'v2', pattern: /^two / },
    ],
    redact: (text) => text,
  })
  let connections = 0
  let failed = 0
  for (let count = 0; count < CHECKS; count += 1) {
    const nowMs = () => performance.now()
    const check = await verifyCheck(
      probeSource({ dial, classify, concurrency: 16, paces: [], nowMs }),
    )
    connections += check.attempts.at(0)?.samples ?? 0
    if (check.ended === 'off-target') failed += 1
  }
  const mean = connections / CHECKS
  expect(mean).toBeGreaterThan(821.5 * 0.97)
  expect(mean).toBeLessThan(821.5 * 1.03)
  // 0.72% in exact computation; 1% is promised. Beyond 30 of 2,000 the promise would be broken with near certainty.
  expect(failed).toBeLessThanOrEqual(30)
  process.stdout.write(
    `mean ${mean.toFixed(1)} connections, ${failed} of ${CHECKS} checks failed\n`,
  )
})
