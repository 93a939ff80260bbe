import { expect, test } from 'vitest'
import { startClassifying } from '../../src/probe/classify.ts'
import type { Dial } from '../../src/probe/met.ts'
import type { RunEvent } from '../../src/rollout/events.ts'
import { planChecks } from '../../src/rollout/plan-checks.ts'
import { prove } from '../../src/rollout/prove.ts'
import { drawFrom, seededRandom } from '../split/draws.ts'

test('a try judges none of the connections that chose when it begins', async () => {
  const random = seededRandom(4)
  const [check] = planChecks(['v1', 'v2'], [0.2, 0.8], [[80, 20]], true, {
    confidencePercent: 99,
    tolerancePoints: undefined,
    connections: 'auto',
  })
  if (!check) throw new Error('no check')
  const events: RunEvent[] = []
  let begun = false
  let dialledBefore = 0
  // The old weights until the try begins, and nothing but the new ones since: one draw of before shows.
  const dial: Dial = (done) => {
    if (!begun) dialledBefore += 1
    const destination = begun ? drawFrom([0.8, 0.2], random) : 2
    const answer = setImmediate(() =>
      done({ kind: 'reply', text: ['one', 'two', 'before'][destination] ?? '' }),
    )
    return () => clearImmediate(answer)
  }
  await prove({
    check,
    gateway: {
      dial,
      classify: startClassifying([
        { destination: 'v1', pattern: /^one/ },
        { destination: 'v2', pattern: /^two|^before/ },
      ]),
      concurrency: 4,
      paces: [],
    },
    writtenMs: performance.now(),
    propagationTimeoutMs: 15_000,
    alpha: 0.01,
    promises: 1,
    connections: 'auto',
    mayRecover: false,
    emit: (event) => {
      events.push(event)
      if (event.kind === 'watched') begun = true
    },
    nowMs: () => performance.now(),
    signal: new AbortController().signal,
  })
  expect(check.ended).toBe('pass')
  expect(check.tries).toHaveLength(1)
  const [watched] = events.filter((event) => event.kind === 'watched')
  expect(watched?.connections).toBeGreaterThan(50)
  expect(watched?.connections).toBeLessThanOrEqual(dialledBefore)
  const [first] = check.tries
  // Of v2 there would be some hundred more.
  expect((first?.counts[1] ?? 0) / (first?.draws ?? 0)).toBeLessThan(0.25)
})
