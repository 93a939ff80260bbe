import { expect, test } from 'vitest'
import {
  recordOf,
  STARTED,
  someAttempt,
  someCheck,
  someDiagnosis,
  someOutcome,
  somePlan,
} from '../../kit/report/run.ts'
import { linesOf } from '../../src/report/log/event-lines.ts'
import { startLive } from '../../src/report/log/live.ts'
import { pageOf } from '../../src/report/page/page.ts'
import { summaryOf } from '../../src/report/summary/summary.ts'
import type { RunEvent } from '../../src/rollout/model/events.ts'
import type { Outcome } from '../../src/rollout/model/outcome.ts'

const CHECK = someCheck({ unit: 'request' })
const FURTHER = someCheck({
  unit: 'request',
  ended: 'off-target',
  further: { counts: [5, 5], unclassified: 1 },
  diagnosis: someDiagnosis({ kind: 'other-weights' }),
})
const PLAN = somePlan({
  rule: 'http:canary',
  unit: 'request',
  disturbs: undefined,
  checks: [CHECK, CHECK],
  steps: [
    { v1: 90, v2: 10 },
    { v1: 80, v2: 20 },
  ],
})
const COST = { connectionsMean: 855, connectionsMost: 2400, connectingMs: 900, pausesMs: 0 }

const EVENTS: readonly RunEvent[] = [
  STARTED,
  { kind: 'planned', plan: PLAN },
  { kind: 'preflight-progress', samples: 7 },
  { kind: 'preflight-replies', samples: 10, byDestination: { v1: 10, v2: 0 }, unclassified: 0 },
  { kind: 'written', weights: { v1: 80, v2: 20 }, number: 1, of: 2, tookMs: 3 },
  { kind: 'awaited-switch', samples: 90 },
  { kind: 'attempt-started', check: CHECK, number: 1, place: 'early' },
  { kind: 'progress', check: CHECK, now: someAttempt() },
  { kind: 'attempt-ended', check: CHECK, ended: someAttempt(), again: false },
  { kind: 'sampled-further', samples: 11 },
  { kind: 'check-ended', check: CHECK },
]

const ENDS: readonly (readonly [string, Outcome, readonly RunEvent[]])[] = [
  ['a pass', someOutcome({ checks: [CHECK, CHECK] }), EVENTS],
  [
    'a fail',
    someOutcome({ verdict: 'fail', reason: 'off-target', rolledBack: true, checks: [FURTHER] }),
    [...EVENTS, { kind: 'restore-checked', check: CHECK }],
  ],
  [
    'a plan',
    someOutcome({ verdict: 'planned', reason: 'planned', checks: [] }),
    [
      STARTED,
      { kind: 'planned', plan: PLAN },
      { kind: 'would-change', diff: '', cost: COST, confidencePercent: 99 },
    ],
  ],
]

/** Everything that a person reads of a run. */
function shown(outcome: Outcome, events: readonly RunEvent[]): string {
  const all: RunEvent[] = [...events, { kind: 'finished', outcome }]
  const record = recordOf(all)
  const live = startLive(record)
  const lines = all.flatMap((event) => [...linesOf(event, record), ...live(event)])
  const texts = lines.map(({ text }) => text)
  return [...texts, summaryOf(record, outcome), pageOf(record, outcome)].join('\n')
}

test.each(ENDS)('every display of %s calls the samples of an http rule requests', (_, ...run) => {
  const text = shown(...run)
  expect(text).toMatch(/\d requests\b/)
  expect(text.match(/.{0,60}\bconnections?\b.{0,30}/g) ?? []).toEqual([])
})
