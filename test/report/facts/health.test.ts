import { describe, expect, test } from 'vitest'
import {
  healthyCheck,
  MAX_ERRORS,
  MAX_LATENCY,
  someMetric,
  someState,
  someWatch,
} from '../../../kit/report/health.ts'
import {
  HOSTILE,
  recordOf,
  STARTED,
  someCheck,
  someDiagnosis,
  someOutcome,
  somePlan,
} from '../../../kit/report/run.ts'
import { someHealth } from '../../../kit/split/health.ts'
import { headlineOf } from '../../../src/report/facts/headline.ts'
import { healthTable } from '../../../src/report/facts/health/health-table.ts'
import { limitSentences } from '../../../src/report/facts/health/limits.ts'
import { metricFact, metricLine } from '../../../src/report/facts/health/metrics.ts'
import { intervalText, rateInterval, rateText } from '../../../src/report/facts/health/rate.ts'
import { pageOf } from '../../../src/report/page/page.ts'
import { summaryOf } from '../../../src/report/summary/summary.ts'
import type { HealthState } from '../../../src/split/health/health.ts'

const ALPHA = 0.01

function sentences(...states: HealthState[]): string[] {
  return limitSentences(someCheck(healthyCheck(...states)), ALPHA)
}

describe('a limit that is kept', () => {
  test('is a sentence with what it rests on, and with what that does not cover', () => {
    expect(sentences(someState(MAX_ERRORS))).toEqual([
      'v2 has less than 1% errors: 0 errors in 511 replies over 60 s.',
      'Patterns over a longer time are not covered.',
    ])
  })

  test('names the quantile and the time of a limit of times', () => {
    const pass = { samples: 511, events: 2, unattributed: 0, spanMs: 60_000 }
    expect(sentences(someState(MAX_LATENCY, { pass }))[0]).toBe(
      '99% of the replies of v2 take at most 250 ms: 2 longer in 511 replies over 60 s.',
    )
  })

  test('tells samples of no known destination from its own', () => {
    const pass = { samples: 720, events: 3, unattributed: 2, spanMs: 60_000 }
    expect(sentences(someState(MAX_ERRORS, { pass }))[0]).toBe(
      'v2 has less than 1% errors: 1 error in 718 replies and 2 requests of no known destination, which count against it, over 60 s.',
    )
  })
})

describe('a limit that is exceeded', () => {
  test('has a rate above the limit, although two samples alone would not show that', () => {
    const failed = { status: 'failed', samples: 2, events: 2 } as const
    const state = someState(MAX_LATENCY, failed)
    const check = someCheck({ ...healthyCheck(state), ended: 'unhealthy' })
    expect(limitSentences(check, ALPHA)).toEqual([
      'More than 1% of the replies of v2 take longer than 250 ms: 2 longer in 2 replies, which is a rate of at least 1%.',
    ])
  })

  test('is named with all its digits', () => {
    const state = someState({ kind: 'max-errors', limit: 0.000001 })
    expect(sentences(state)[0]).toContain('v2 has less than 0.0001% errors')
    const time = { kind: 'max-latency', limit: 0.00001, overMs: 1250 } as const
    expect(sentences(someState(time))[0]).toContain(
      '99.999% of the replies of v2 take at most 1.25 s',
    )
  })
})

describe('a limit that is not decided', () => {
  const open = (changes: Partial<HealthState>) => {
    const state = someState(MAX_ERRORS, { status: 'open', samples: 300, events: 1, ...changes })
    return limitSentences(someCheck({ ...healthyCheck(state), ended: 'health-undecided' }), ALPHA)
  }

  test('says what was seen, and what alone holds it back', () => {
    const text = 'Whether v2 has less than 1% errors is not decided: 1 error in 300 replies.'
    expect(open({})).toEqual([text])
    const pass = { samples: 300, events: 1, unattributed: 12, spanMs: 20_000 }
    expect(open({ heldBackBy: 'span', pass })).toEqual([`${text} These samples cover only 20 s.`])
    expect(open({ heldBackBy: 'unattributed', pass })).toEqual([
      `${text} It would have passed without 12 of no known destination, which count against it.`,
    ])
  })

  test('is not mentioned where something else failed', () => {
    const state = someState(MAX_ERRORS, { status: 'open' })
    expect(
      limitSentences(someCheck({ ...healthyCheck(state), ended: 'off-target' }), ALPHA),
    ).toEqual([])
  })
})

describe('the rate of errors', () => {
  test('has an interval that is rounded outward, and one bound where there is no event', () => {
    expect(rateText({ events: 8, samples: 178 }, ALPHA)).toBe('4.5% (0.73 to 13%)')
    expect(rateText({ events: 0, samples: 511 }, ALPHA)).toMatch(/^0% \(at most 0\.9\d%\)$/)
    expect(rateText({ events: 0, samples: 0 }, ALPHA)).toBe('')
    expect(intervalText([30, 100])).toBe('at least 30%')
  })

  test.each([
    [0, 20],
    [1, 500],
    [60, 6000],
    [11, 11],
  ])('of %i in %i is within its interval', (events, samples) => {
    const [low, high] = rateInterval({ events, samples }, ALPHA)
    expect(low).toBeLessThanOrEqual((100 * events) / samples)
    expect(high).toBeGreaterThanOrEqual((100 * events) / samples)
  })
})

describe('the table of health', () => {
  test('has old and new side by side, with each limit in the head of its column', () => {
    const check = someCheck(healthyCheck(someState(MAX_ERRORS), someState(MAX_LATENCY)))
    const table = healthTable(check, ALPHA)
    expect(table?.heads).toEqual([
      'destination',
      'errors of replies',
      'error rate, limit 1%',
      'p50',
      'p90',
      'p99, limit 250 ms',
    ])
    expect(table?.rows.map((cells) => cells.map(({ text }) => text))).toEqual([
      ['v1', '0 of 2,080', expect.stringMatching(/^0% \(at most/), '3 ms', '9 ms', '9 ms'],
      [
        'v2',
        '0 of 520',
        expect.stringMatching(/^0% \(at most/),
        '3 ms',
        '8 ms',
        '8 ms, 0 of 520 longer',
      ],
    ])
    expect(table?.rows[1]?.map(({ isGood }) => isGood)).toEqual([
      undefined,
      undefined,
      true,
      undefined,
      undefined,
      true,
    ])
  })

  test('no longer says that a limit is kept where a later test failed', () => {
    const health = someHealth({
      ...healthyCheck(someState(MAX_ERRORS)).health,
      failed: { question: { kind: 'compare' }, destination: 1 },
    })
    const table = healthTable(someCheck({ ...healthyCheck(), health }), ALPHA)
    expect(table?.rows[1]?.map(({ isGood }) => isGood)).toContain(false)
    expect(table?.rows[1]?.map(({ isGood }) => isGood)).not.toContain(true)
  })

  test('is absent where errors are not tested', () => {
    expect(healthTable(someCheck(), ALPHA)).toBeUndefined()
  })
})

describe('a metric', () => {
  test.each([
    [someMetric(), 'Metric latency of v2: 0.1834 (at most 0.25), after the check.'],
    [
      someMetric({ destination: undefined, bounds: { min: 0.99, max: 1 }, when: 'interval' }),
      'Metric latency: 0.1834 (0.99 to 1), after the interval.',
    ],
    [
      someMetric({ found: { kind: 'no-value', why: { kind: 'no-data' } } }),
      'Metric latency of v2: no data (at most 0.25), after the check.',
    ],
    [
      someMetric({ found: { kind: 'no-value', why: { kind: 'several', series: 3 } } }),
      'Metric latency of v2: 3 series instead of one number (at most 0.25), after the check.',
    ],
  ])('is a line with its value and its bounds', (metric, text) => {
    expect(metricLine(metricFact(metric, ['v1', 'v2']))).toBe(text)
  })
})

describe('the end of a run', () => {
  const record = recordOf([STARTED, { kind: 'planned', plan: somePlan({ unit: 'request' }) }])
  const unhealthy = (changes: Parameters<typeof someCheck>[0]) =>
    someOutcome({
      verdict: 'fail',
      reason: 'unhealthy',
      rolledBack: true,
      checks: [someCheck({ ended: 'unhealthy', ...changes })],
    })

  test('by a limit of times says how many took longer', () => {
    const state = someState(MAX_LATENCY, { status: 'failed', samples: 178, events: 40 })
    const diagnosis = someDiagnosis({ kind: 'above-limit', destination: 1, question: MAX_LATENCY })
    expect(headlineOf(record, unhealthy({ ...healthyCheck(state), diagnosis }))).toContain(
      'v2 is too slow, 40 of 178 requests took longer than 250 ms.',
    )
  })

  test('by an alarm counts the errors of the watch, which older good replies would hide', () => {
    const tallies = [
      { ok: 300, errors: 0 },
      { ok: 52, errors: 5 },
    ]
    const watch = someWatch({ ended: 'alarm', tallies })
    const diagnosis = someDiagnosis({ kind: 'more-errors', destination: 1 })
    const outcome = unhealthy({ ...healthyCheck(), watch, diagnosis })
    expect(headlineOf(record, outcome)).toContain(
      'v2 is unhealthy, 5 of 57 requests in the watch were errors.',
    )
    expect(summaryOf(record, outcome)).toMatch(/\| v2 \| 0 of 520.*\| 5 of 57 \|/)
    expect(pageOf(record, outcome)).toContain('Alarm after 2 s of the watch (20 requests).')
  })

  test('that ran out of time after the split was confirmed says so', () => {
    const ended = { verdict: 'inconclusive', reason: 'limit-reached' } as const
    const outcome = someOutcome({ ...ended, checks: [someCheck(healthyCheck())] })
    expect(headlineOf(record, outcome)).toContain('v2 20% is confirmed, but time ran out.')
  })

  test('with a limit that is undecided says that the split is confirmed', () => {
    const cause = {
      kind: 'limit-open',
      destination: 1,
      question: MAX_ERRORS,
      heldBackBy: 'span',
    } as const
    const checks = [
      someCheck({ ...healthyCheck(), ended: 'health-undecided', diagnosis: someDiagnosis(cause) }),
    ]
    const outcome = someOutcome({ verdict: 'inconclusive', reason: 'health-undecided', checks })
    expect(headlineOf(record, outcome)).toContain(
      'v2 20% is confirmed, but max-errors is undecided for v2.',
    )
  })

  test.each(HOSTILE)('shows an error and a metric as text, whatever they are: %s', (text) => {
    const metrics = [
      someMetric({ name: text, found: { kind: 'no-value', why: { kind: 'unreachable', text } } }),
    ]
    const health = { ...healthyCheck(), metrics, errorExamples: [undefined, text] }
    const outcome = someOutcome({ checks: [someCheck(health)] })
    const page = pageOf(record, outcome)
    expect(page).not.toMatch(/<script|<img/)
    expect(page.match(/<tr/g)).toHaveLength(pageRows())
    expect(summaryOf(record, outcome)).not.toMatch(/<script|<img|\]\(javascript|^\s*::/m)
  })

  /** Rows of the same page with harmless texts. */
  function pageRows(): number {
    const health = { ...healthyCheck(), metrics: [someMetric()] }
    return pageOf(record, someOutcome({ checks: [someCheck(health)] })).match(/<tr/g)?.length ?? 0
  }
})
