import { describe, expect, test } from 'vitest'
import { STALE_PROXIES } from '../../../kit/report/proxies.ts'
import {
  recordOf,
  STARTED,
  someAttempt,
  someCheck,
  someDiagnosis,
  someOutcome,
  somePlan,
} from '../../../kit/report/run.ts'
import { headlineOf } from '../../../src/report/facts/headline.ts'
import { productionOf } from '../../../src/report/facts/production.ts'
import type { Attempt, Check } from '../../../src/rollout/model/check.ts'
import type { RunEvent } from '../../../src/rollout/model/events.ts'
import type { Outcome } from '../../../src/rollout/model/outcome.ts'
import type { Cause } from '../../../src/split/diagnosis/diagnosis.ts'

const RUN: RunEvent[] = [STARTED, { kind: 'planned', plan: somePlan() }]

const headline = (changes: Partial<Outcome>, events = RUN) =>
  headlineOf(recordOf(events), someOutcome(changes))

type Met = {
  counts?: readonly number[]
  outcomes: Attempt['outcomes']
  unit?: Check['unit']
  cause?: Cause
}

/** The headline of a check that ended for lack of recognized replies. */
function noReply({ counts = [30, 0], outcomes, unit = 'request', cause = SOME }: Met): string {
  const diagnosis = someDiagnosis(cause)
  const check = someCheck({
    unit,
    ended: 'no-reply',
    attempts: [someAttempt({ outcomes })],
    diagnosis: { ...diagnosis, ended: 'no-reply', seen: { counts, unclassified: 10 } },
  })
  return headline({ verdict: 'fail', reason: 'no-reply', checks: [check] })
}

const SOME: Cause = { kind: 'unanswered', destination: undefined }
const V2: Cause = { kind: 'unanswered', destination: 1 }

describe('the headline of a run without recognized replies says only what its samples show:', () => {
  test.each<[string, Met, string]>([
    [
      'answers of the gateway',
      { outcomes: { 'gateway reply': 10 } },
      'the gateway answers some requests itself.',
    ],
    [
      'answers of the gateway alone',
      { outcomes: { 'gateway reply': 10 }, counts: [0, 0] },
      'the gateway answers requests itself.',
    ],
    [
      'answers of the gateway for one destination',
      { outcomes: { 'gateway reply': 10 }, cause: V2 },
      'the gateway answers in place of v2.',
    ],
    [
      'answers of the gateway for a part of the requests to one destination',
      { outcomes: { 'gateway reply': 10 }, cause: V2, counts: [30, 4] },
      'the gateway answers at times in place of v2.',
    ],
    [
      'closed connections',
      { outcomes: { closed: 10 }, unit: 'connection' },
      'some connections get no reply.',
    ],
    [
      'replies that take too long',
      { outcomes: { timeout: 10 } },
      'some requests get no complete reply in time.',
    ],
    [
      'handshakes that fail',
      { outcomes: { tls: 10 }, unit: 'connection', counts: [0, 0] },
      'connections fail in the TLS handshake.',
    ],
    [
      'a mixture',
      { outcomes: { closed: 9, 'gateway reply': 1 } },
      'some requests get no recognized reply.',
    ],
    [
      'a destination that does not answer',
      { outcomes: { closed: 10 }, cause: V2 },
      'v2 does not answer.',
    ],
    [
      'a destination that answers some',
      { outcomes: { closed: 10 }, cause: V2, counts: [30, 4] },
      'v2 does not answer every request.',
    ],
    [
      'replies that no expression matches, among others',
      { outcomes: { 'unknown reply': 10 }, cause: { kind: 'unrecognized' } },
      'some replies are not recognized.',
    ],
  ])('%s', (_, met, text) => {
    expect(noReply(met)).toContain(`demo/tcp-echo: ${text}`)
  })
})

test('the headline of a run whose replies lacked its stamps does not say which share a destination got', () => {
  const check = someCheck({ ended: 'not-propagated', diagnosis: someDiagnosis({ kind: 'former' }) })
  expect(headline({ verdict: 'fail', reason: 'not-propagated', checks: [check] })).toContain(
    'the gateway, or a part of it, does not have the new weights.',
  )
})

describe('a run that only could not remove what is its own from the object', () => {
  const written = (v2: number): RunEvent[] => [
    ...RUN,
    { kind: 'written', weights: { v1: 100 - v2, v2 }, number: 1, of: 1, tookMs: 1 },
  ]
  const ended = { verdict: 'error', reason: 'rollback-failed', rolledBack: false } as const

  test('says after a pass that its weights are confirmed, not that a rollback failed', () => {
    const passed = {
      ...ended,
      code: 'ITS-STAMPS-KEPT-BY-WEBHOOK',
      weights: { v1: 80, v2: 20 },
      checks: [someCheck()],
    } as const
    expect(headline(passed, written(20))).toContain('the stamps of the run could not be removed.')
    expect(productionOf(recordOf(written(20)), someOutcome(passed)).text).toMatch(
      /^Production now: v1 80%, v2 20%, confirmed/,
    )
  })

  test('says after a rollback that its weights are restored, and not that another client changed them', () => {
    const restored = {
      ...ended,
      code: 'ITS-JOURNAL-KEPT-BY-WEBHOOK',
      weights: { v1: 100, v2: 0 },
      previousWeights: { v1: 100, v2: 0 },
      checks: [someCheck({ ended: 'off-target' })],
    } as const
    expect(headline(restored, written(20))).toContain(
      'the journal of the run could not be removed.',
    )
    const { text } = productionOf(recordOf(written(20)), someOutcome(restored))
    expect(text).toMatch(/^Production now: v1 100%, v2 0%, restored\./)
    expect(text).not.toContain('another client')
  })
})

test('a stale proxy is in the headline, with how many there are', () => {
  const check = someCheck({
    ended: 'not-propagated',
    proxies: STALE_PROXIES,
    diagnosis: someDiagnosis({ kind: 'stale-proxies' }),
  })
  const fail = { verdict: 'fail', reason: 'not-propagated', rolledBack: true } as const
  expect(headline({ ...fail, checks: [check] })).toBe(
    'demo/tcp-echo: 1 of 3 proxies does not have v2 20%. Previous weights restored.',
  )
})
