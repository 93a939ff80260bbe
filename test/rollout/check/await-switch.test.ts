import { expect, test } from 'vitest'
import { sampleFrom, seededRandom } from '../../../kit/split/samples.ts'
import { startClassifying } from '../../../src/evidence/probe/classify.ts'
import type { Dial } from '../../../src/evidence/probe/connection-outcome.ts'
import { probeSource } from '../../../src/evidence/probe/probe-source.ts'
import { runCheck } from '../../../src/rollout/check/run-check.ts'
import type { RunEvent } from '../../../src/rollout/model/events.ts'
import { planChecks } from '../../../src/rollout/plan/plan-checks.ts'
import { ofHundred } from '../../../src/routes/weights/weights.ts'

/** A check of 80/20 after 20/80, and how it is run against a gateway that answers each connection as `dial` says. */
function checkOf(dial: Dial, emit: (event: RunEvent) => void = () => undefined) {
  const [check] = planChecks(
    {
      names: ['v1', 'v2'],
      unit: 'connection',
      presentShares: [0.2, 0.8],
      targets: [ofHundred([80, 20])],
      writes: true,
    },
    {
      confidencePercent: 99,
      tolerancePoints: undefined,
      connections: 'auto',
    },
  )
  if (!check) throw new Error('no check')
  const classify = startClassifying({
    expect: [
      { destination: 'v1', pattern: /^one/ },
      { destination: 'v2', pattern: /^two|^before/ },
    ],
    redact: (text) => text,
  })
  const running = () =>
    runCheck({
      check,
      source: probeSource({
        dial,
        classify,
        concurrency: 4,
        paces: [],
        nowMs: () => performance.now(),
      }),
      writtenMs: performance.now(),
      propagationTimeoutMs: 15_000,
      alpha: 0.01,
      hypotheses: 1,
      connections: 'auto',
      mayRecover: false,
      emit,
      nowMs: () => performance.now(),
      signal: new AbortController().signal,
    })
  return { running }
}

/** A dial that answers with what `reply` says. */
function answering(reply: () => string): Dial {
  return (done) => {
    const answer = setImmediate(() => done({ kind: 'reply', text: reply() }))
    return () => clearImmediate(answer)
  }
}

test('an attempt judges none of the connections that decided when it begins', async () => {
  const random = seededRandom(4)
  const events: RunEvent[] = []
  let begun = false
  let dialledBefore = 0
  // The previous weights until the attempt begins, and only the new ones since: one sample from before would show.
  const dial = answering(() => {
    const destination = begun ? sampleFrom([0.8, 0.2], random) : 2
    return ['one', 'two', 'before'][destination] ?? ''
  })
  const { running } = checkOf(
    (done) => {
      if (!begun) dialledBefore += 1
      return dial(done)
    },
    (event) => {
      events.push(event)
      if (event.kind === 'awaited-switch') begun = true
    },
  )
  const check = await running()
  expect(check.ended).toBe('pass')
  expect(check.attempts).toHaveLength(1)
  const [watched] = events.filter((event) => event.kind === 'awaited-switch')
  expect(watched?.samples).toBeGreaterThan(50)
  expect(watched?.samples).toBeLessThanOrEqual(dialledBefore)
  const [first] = check.attempts
  // Of v2 there would be some hundred more.
  expect((first?.counts[1] ?? 0) / (first?.samples ?? 0)).toBeLessThan(0.25)
})

test('a switch is not dated if the replies of a destination are not recognized', async () => {
  const random = seededRandom(4)
  const { running } = checkOf(
    // The previous weights all along; without the replies of v2, the rest looks like the new ones.
    answering(() => (sampleFrom([0.2, 0.8], random) === 0 ? 'one' : 'unknown')),
  )
  const check = await running()
  expect(check.ended).toBe('no-reply')
  expect(check.propagationMs).toBeUndefined()
})
