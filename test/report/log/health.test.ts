import { describe, expect, test } from 'vitest'
import { healthyCheck, MAX_ERRORS, someState, someWatch } from '../../../kit/report/health.ts'
import { loggedAt } from '../../../kit/report/logged.ts'
import { latencyOf, recordOf, STARTED, someCheck, somePlan } from '../../../kit/report/run.ts'
import type { RunEvent } from '../../../src/rollout/model/events.ts'

const PLANNED: RunEvent = { kind: 'planned', plan: somePlan({ unit: 'request' }) }
const WRITTEN: RunEvent = {
  kind: 'written',
  weights: { v1: 80, v2: 20 },
  number: 1,
  of: 1,
  tookMs: 1,
}
const OPEN = someState(MAX_ERRORS, {
  status: 'open',
  pass: { samples: 312, events: 0, unattributed: 0, spanMs: 38_000 },
})

function settling(tookMs: number): RunEvent {
  const now = someWatch({ tookMs, lastsMs: undefined, samplesPerSecond: 50 })
  return { kind: 'settling', check: someCheck(healthyCheck(OPEN)), now }
}

function watching(changes: Parameters<typeof someWatch>[0]): RunEvent {
  return { kind: 'watching', check: someCheck(healthyCheck()), now: someWatch(changes) }
}

const BAD = [
  { ok: 1039, errors: 1 },
  { ok: 260, errors: 0 },
]

/** Lines of events at their times; on a terminal the last one that is overwritten. */
function said(isTerminal: boolean, ...timed: [atMs: number, event: RunEvent][]): string[] {
  const log = loggedAt(isTerminal)
  const all = [[0, STARTED], [0, PLANNED], [10, WRITTEN], ...timed] as typeof timed
  const lines = all.flatMap(([atMs, event]) => log.at(atMs, event))
  const live = lines.findLast(({ level }) => level === 'live')
  return isTerminal
    ? [live?.text ?? '']
    : lines.slice(-4).map(({ level, text }) => `${level}: ${text}`)
}

describe('the log of a watch', () => {
  test('has a group with progress, and its end below', () => {
    expect(
      said(
        false,
        [4000, watching({ tookMs: 0, samples: 0 })],
        [150_000, watching({ tookMs: 146_000, samples: 1300, tallies: BAD })],
        [604_000, watching({ tookMs: 600_000, samples: 6000, tallies: BAD, ended: 'over' })],
      ),
    ).toEqual([
      'info:   Watched 2.4 min of 10 min: 1,300 requests, errors v2 0 of 260, v1 1 of 1,040',
      'group-end: ',
      'info: ✔ Watched for 10 min without an alarm (6,000 requests).',
      'info: Errors in the watch: v2 0 of 260, v1 1 of 1,040.',
    ])
  })

  test('says that there was an alarm, and after how long', () => {
    const alarm = watching({ tookMs: 3300, samples: 33, tallies: undefined, ended: 'alarm' })
    expect(
      said(false, [4000, watching({ tookMs: 0, samples: 0 })], [7300, alarm]).slice(-3),
    ).toEqual([
      'group: Watch v1 80%, v2 20% for 10 min, at 10 requests a second',
      'group-end: ',
      'info: ✘ Alarm after 3.3 s of the watch (33 requests).',
    ])
  })

  test('has a line every two minutes when it lasts hours', () => {
    const log = loggedAt()
    const hour = Array.from({ length: 7200 }, (_, index) =>
      log.at(4000 + index * 500, watching({ tookMs: index * 500, lastsMs: 3_600_000 })),
    )
    expect(hour.flat().length).toBeLessThan(75)
  })
})

test('the log says what each limit that is not decided has so far', () => {
  expect(said(false, [4000, settling(0)], [42_000, settling(38_000)]).at(-1)).toBe(
    'info:   Limits after 38 s: v2 errors < 1%: 0 of 312',
  )
})

describe('the live line', () => {
  test('shows limits with their time, and a watch with how much of it is over', () => {
    expect(said(true, [42_000, settling(38_000)])).toEqual([
      'v2 -> 20%  limits, 38 s  v2 errors < 1%: 0 of 312',
    ])
    const now = watching({ tookMs: 150_000, samples: 1300, tallies: BAD })
    expect(said(true, [154_000, now])).toEqual([
      'v2 -> 20%  watch, 2.5 min of 10 min  [███░░░░░░░]  errors v2 0 of 260  v1 1 of 1,040',
    ])
  })
})

describe('the record of a watch', () => {
  const record = recordOf([
    STARTED,
    WRITTEN,
    settling(0),
    settling(500),
    { kind: 'check-ended', check: someCheck() },
    watching({ samples: 0, latencies: [latencyOf(), latencyOf(), latencyOf()] }),
    watching({ samples: 20 }),
    {
      kind: 'api-call',
      call: { method: 'GET', path: '/a', outcome: 200, startedMs: 1, tookMs: 1 },
    },
    watching({
      samples: 35,
      ended: 'over',
      latencies: [latencyOf(2, 3, 4), latencyOf(4), latencyOf()],
    }),
  ])

  test('counts each sample and its time once, however often it is reported', () => {
    expect(record.samples).toBe(20 + 35)
    expect(record.latencies.byDestination.get('v1')?.count).toBe(2 + 3)
  })

  test('is a stretch of the run, as is the check of the limits before', () => {
    expect(record.ramp.map(({ kind, ended }) => [kind, ended])).toEqual([
      ['preflight', undefined],
      ['write', undefined],
      ['check', 'pass'],
      ['settle', 'pass'],
      ['watch', 'over'],
    ])
    expect(record.timeline.map(({ event }) => event)).toEqual([
      'started',
      'written',
      'settling',
      'check-ended',
      'watching',
    ])
  })
})
