import { describe, expect, test } from 'vitest'
import {
  recordOf,
  STARTED,
  someAttempt,
  someCheck,
  someDiagnosis,
  someOutcome,
  somePlan,
} from '../../../kit/report/run.ts'
import { someHealth, worse } from '../../../kit/split/health.ts'
import { errorLines } from '../../../src/report/facts/errors.ts'
import { headlineOf } from '../../../src/report/facts/headline.ts'
import { reportOf } from '../../../src/report/json/report-json.ts'
import { linesOf } from '../../../src/report/log/event-lines.ts'
import { pageOf } from '../../../src/report/page/page.ts'
import { summaryOf } from '../../../src/report/summary/summary.ts'
import type { Check } from '../../../src/rollout/model/check.ts'
import type { Outcome } from '../../../src/rollout/model/outcome.ts'

const tally = (ok: number, errors: number) => ({ ok, errors })

function health(changes: Partial<NonNullable<Check['health']>> = {}): Partial<Check> {
  return {
    unit: 'request',
    health: someHealth({ tallies: [tally(715, 0), tally(170, 8)], ...changes }),
    errorExamples: [undefined, '503 broken'],
  }
}

const NONE = { tallies: [tally(700, 0), tally(190, 0)] }

describe('the line about errors', () => {
  test.each<[string, Partial<Check>, string[]]>([
    ['says nothing where errors are not tested', {}, []],
    [
      'says that there were none',
      { ...health(NONE), errorExamples: [] },
      ['Errors: none in 890 replies.'],
    ],
    [
      'has the errors of each destination, and an example',
      health(),
      ['Errors: v1 0 of 715 replies, v2 8 of 178 (for example "503 broken").'],
    ],
    [
      'leaves out a destination without a reply',
      { ...health({ tallies: [tally(0, 0), tally(5, 1)] }), errorExamples: [] },
      ['Errors: v2 1 of 6 replies.'],
    ],
    [
      'counts errors of no known destination',
      { ...health({ ...NONE, unattributedErrors: 3 }), errorExamples: [] },
      ['Errors: v1 0 of 700 replies, v2 0 of 190. 3 of no known destination.'],
    ],
  ])('%s', (_, changes, lines) => {
    expect(errorLines(someCheck(changes))).toEqual(lines)
  })
})

const WORSE = someCheck({
  ...health(worse(1)),
  ended: 'unhealthy',
  diagnosis: someDiagnosis({ kind: 'more-errors', destination: 1 }),
})
const UNHEALTHY = someOutcome({
  verdict: 'fail',
  reason: 'unhealthy',
  rolledBack: true,
  weights: { v1: 100, v2: 0 },
  checks: [WORSE],
})

function recordWith(outcome: Outcome) {
  const plan = somePlan({ unit: 'request', stamps: true })
  return recordOf([
    STARTED,
    { kind: 'planned', plan },
    { kind: 'written', weights: { v1: 80, v2: 20 }, number: 1, of: 1, tookMs: 3 },
    { kind: 'restoring', weights: { v1: 100, v2: 0 } },
    {
      kind: 'restored',
      weights: { v1: 100, v2: 0 },
      sinceFirstWriteMs: 400,
      isChecked: true,
    },
    { kind: 'restore-unstamped', seen: 'gone', inARow: 100, replies: 103 },
    { kind: 'finished', outcome },
  ])
}

describe('a run that a destination failed by its errors', () => {
  const record = recordWith(UNHEALTHY)

  test('names the destination and its errors in the first line', () => {
    expect(headlineOf(record, UNHEALTHY)).toBe(
      'demo/tcp-echo: v2 is unhealthy, 8 of 178 requests were errors. Previous weights restored.',
    )
  })

  test('says that the gateway uses the restored weights, as replies had no stamp', () => {
    expect(summaryOf(record, UNHEALTHY)).toContain(
      'Production now: v1 100%, v2 0%, restored and in use. The last 100 replies had no stamp of this run.',
    )
  })

  test('has the errors of each destination in the tables, the log and report.json', () => {
    expect(summaryOf(record, UNHEALTHY)).toContain('| v2 | 8 of 178 ✘ | 4.5% (0.73 to 13%) |')
    expect(pageOf(record, UNHEALTHY)).toContain('8 of 178 (for example &#34;503 broken&#34;)')
    const lines = linesOf({ kind: 'check-ended', check: WORSE }, record)
    expect(lines.map(({ text }) => text)).toEqual([
      '✘ Not confirmed: v1 80%, v2 20% (unhealthy). The weights took effect 131 ms after the write.',
      'Errors: v1 0 of 715 replies, v2 8 of 178 (for example "503 broken").',
    ])
    expect(reportOf(record, UNHEALTHY)).toMatchObject({
      restoreStamps: { gone: true, replies: 103 },
      checks: [
        {
          unit: 'request',
          health: {
            destinations: [
              { name: 'v1', replies: 715, errors: 0, example: null },
              { name: 'v2', replies: 178, errors: 8, example: '503 broken' },
            ],
            unattributedErrors: 0,
            worse: 'v2',
          },
        },
      ],
    })
  })

  test('that is too small to decide names the destination without a success', () => {
    const check = someCheck({
      ...health({ tallies: [tally(20, 0), tally(0, 4)] }),
      ended: 'health-undecided',
      diagnosis: someDiagnosis({ kind: 'no-success', destination: 1, few: true }),
    })
    const outcome = someOutcome({
      verdict: 'inconclusive',
      reason: 'health-undecided',
      rolledBack: true,
      checks: [check],
    })
    expect(headlineOf(recordWith(outcome), outcome)).toBe(
      'demo/tcp-echo: v2 20% is undecided, no request to v2 was a success. Previous weights restored.',
    )
  })
})

describe('a run with stamps', () => {
  const record = recordWith(UNHEALTHY)

  test('plans a header beside the weights', () => {
    const [event] = [{ kind: 'planned' as const, plan: somePlan({ stamps: true }) }]
    expect(linesOf(event, record).map(({ text }) => text)).toContain(
      'Each write also sets the response header x-istio-traffic-shift to a new value for every destination. The run removes the header before it ends.',
    )
  })

  test('no longer names the header when it has passed, and says for which versions its chances hold', () => {
    const check = someCheck({ unit: 'request' })
    const outcome = someOutcome({ checks: [check] })
    const summary = summaryOf(recordWith(outcome), outcome)
    expect(summary).not.toContain('Each write also sets the response header')
    expect(summary).toContain(
      'the exact split of versions with the same error rate fails with a chance',
    )
  })

  test('counts successes before the write, when no reply names its destination', () => {
    const replies = { samples: 10, byDestination: {}, successes: 9, unclassified: 1 }
    expect(linesOf({ kind: 'preflight-replies', ...replies }, record)).toMatchObject([
      { text: 'Preflight: 10 requests, 9 successful.' },
    ])
  })

  test('says of an attempt that a reply of a former configuration ended it', () => {
    const ended = someAttempt({ number: 1, decision: undefined, previous: 1 })
    const event = { kind: 'attempt-ended', check: WORSE, ended, again: true } as const
    expect(linesOf(event, record)).toMatchObject([
      {
        text: '  Attempt 1: v2 19%, v1 81% of 400 requests, 10 without a recognized reply in 812 ms: ended, because a reply followed a former configuration, another attempt follows',
      },
    ])
    const page = pageOf(record, { ...UNHEALTHY, checks: [{ ...WORSE, attempts: [ended] }] })
    expect(page).toContain('ended: a reply followed a former configuration')
  })
})

describe('a run with stamps that never saw all replies follow its write', () => {
  const never = (counts: readonly number[]): Outcome => {
    const samples = counts.reduce((sum, count) => sum + count, 0)
    const attempt = someAttempt({ counts, samples, unclassified: 0, previous: 1 })
    const diagnosis = someDiagnosis({ kind: 'former' })
    const check = someCheck({ ended: 'not-propagated', attempts: [attempt], diagnosis })
    return { ...UNHEALTHY, reason: 'not-propagated', checks: [check] }
  }

  test('warns that its weights may still come where no reply had them', () => {
    const outcome = never([0, 0])
    expect(summaryOf(recordWith(outcome), outcome)).toContain('It never used')
  })

  test('does not say so where a part of the gateway had them', () => {
    const outcome = never([3, 1])
    expect(summaryOf(recordWith(outcome), outcome)).not.toContain('It never used')
  })
})
