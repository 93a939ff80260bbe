import { describe, expect, test } from 'vitest'
import { loggedAt } from '../../../kit/report/logged.ts'
import {
  oldProxy,
  STALE_PROXIES,
  someGap,
  someProxies,
  someProxy,
} from '../../../kit/report/proxies.ts'
import {
  recordOf,
  STARTED,
  someAttempt,
  someCheck,
  someOutcome,
  somePlan,
} from '../../../kit/report/run.ts'
import { gapText } from '../../../src/report/facts/proxies/gap-text.ts'
import { pageOf } from '../../../src/report/page/page.ts'
import { summaryOf } from '../../../src/report/summary/summary.ts'
import type { ProxiesSeen } from '../../../src/rollout/model/check.ts'
import type { RunEvent } from '../../../src/rollout/model/events.ts'

const WRITTEN: RunEvent = {
  kind: 'written',
  weights: { v1: 80, v2: 20 },
  number: 1,
  of: 1,
  tookMs: 1,
}
const BEGIN: [number, RunEvent][] = [
  [0, STARTED],
  [0, { kind: 'planned', plan: somePlan() }],
  [1000, WRITTEN],
]
/** One of three has the new weights. */
const WAITING = someProxies([someProxy('n/a'), oldProxy('n/b'), oldProxy('n/c')], {
  status: 'waiting',
})
const CONFIRMED = someProxies([
  someProxy('n/a', { propagationMs: 104 }),
  someProxy('n/b', { propagationMs: 412 }),
])

function proxies(now: ProxiesSeen): RunEvent {
  return { kind: 'proxies', check: someCheck(), now }
}

/** The lines behind those of the plan and the write. */
function lines(...timed: [atMs: number, event: RunEvent][]): string[] {
  const log = loggedAt()
  for (const [atMs, event] of BEGIN) log.at(atMs, event)
  return timed.flatMap(([atMs, event]) => log.at(atMs, event).map(({ text }) => text))
}

/** What a terminal shows last. */
function shown(...timed: [atMs: number, event: RunEvent][]): string[] {
  const log = loggedAt(true)
  const all = [...BEGIN, ...timed].flatMap(([atMs, event]) => log.at(atMs, event))
  return all.findLast(({ level }) => level === 'live')?.text.split('\n') ?? []
}

describe('the log', () => {
  test('says once which proxies hold the rule, and when all of them have the new weights', () => {
    const noted = { ...WAITING, notes: ['Gateways of other clusters are not seen.'] }
    expect(
      lines([1010, proxies(noted)], [1400, proxies(CONFIRMED)], [1500, proxies(CONFIRMED)]),
    ).toEqual([
      'Proxies that hold the rule: 3 (the Pods that Gateway demo/web selects).',
      'Gateways of other clusters are not seen.',
      '  ✔ Both proxies have v1 80%, v2 20%. The slowest, n/b, took 412 ms.',
    ])
  })

  test('has progress in the usual pace, with a proxy that the run waits for', () => {
    const timed: [number, RunEvent][] = [
      [1010, proxies(WAITING)],
      [1200, proxies(WAITING)],
      [3100, proxies(WAITING)],
    ]
    expect(lines(...timed).slice(1)).toEqual([
      '  1 of 3 proxies has v1 80%, v2 20%. Waiting for n/b and 1 more.',
    ])
  })

  test('names the stale proxies with what they have', () => {
    expect(lines([18_000, proxies(STALE_PROXIES)]).slice(1)).toEqual([
      '  ✘ 1 of 3 proxies does not have v1 80%, v2 20%.',
      '    istio-system/gateway-b still has v1 100%, v2 0%.',
    ])
  })

  test('names no more stale proxies than a reader looks through', () => {
    const many = Array.from({ length: 60 }, (_, index) => oldProxy(`n/p${index}`))
    const all = lines([18_000, proxies(someProxies(many, { status: 'stale' }))])
    expect(all).toHaveLength(13)
    expect(all.at(-1)).toBe('    50 more, which the report names.')
  })

  test('says once why the proxies are no evidence', () => {
    const guarded = someProxies([], { status: 'guarded', why: 'Pods cannot be listed.' })
    expect(lines([1010, proxies(guarded)], [2000, proxies(guarded)])).toEqual([
      '  Pods cannot be listed. So samples alone show whether these weights are in use.',
    ])
  })
})

describe('a terminal', () => {
  test('shows how many proxies have the weights', () => {
    expect(shown([1400, proxies(WAITING)])).toEqual([
      'v2 -> 20%  1 of 3 proxies  [███░░░░░░░]  400 ms',
    ])
  })

  test('names those that take longer than a second', () => {
    expect(shown([3500, proxies(WAITING)])).toEqual([
      'v2 -> 20%  1 of 3 proxies  [███░░░░░░░]  2.5 s',
      '    n/b  still has v1 100%, v2 0%',
      '    n/c  still has v1 100%, v2 0%',
    ])
  })

  test('names them below their step in a ramp', () => {
    const steps = [0.2, 0.5].map((v2) =>
      someCheck({ target: [1 - v2, v2], attempts: [], ended: undefined }),
    )
    const log = loggedAt(true)
    log.at(0, { kind: 'planned', plan: somePlan({ checks: steps }) })
    log.at(1000, WRITTEN)
    const live = log.at(3500, proxies(WAITING)).at(-1)
    expect(live?.text.split('\n').slice(1)).toEqual([
      '  ▶ v2 20%  1 of 3 proxies  [███░░░░░░░]  2.5 s',
      '    n/b  still has v1 100%, v2 0%',
      '    n/c  still has v1 100%, v2 0%',
      '  · v2 50%  waiting',
    ])
  })
})

test('what counters lack is in the log, in the summary and on the page', () => {
  const gap: RunEvent = { kind: 'count-gap', gap: someGap('restarted') }
  const text = 'n/a restarted. What it did in the 200 ms since it was last read is not counted.'
  expect(lines([12_000, gap])).toEqual([`  ${text}`])
  const record = recordOf([STARTED, gap])
  expect(summaryOf(record, someOutcome())).toContain(`Not counted:\n\n${text}`)
  expect(pageOf(record, someOutcome())).toContain(`<h2>Not counted</h2><p class="soft">${text}</p>`)
})

test.each([
  ['gone', 'The Pod n/a ended. What it did in the 200 ms since it was last read is not counted.'],
  [
    'hosts',
    'n/a removed 2 endpoints with what it had counted there. What went there in the 200 ms before is not counted. With the statistics of its clusters it would be (docs/proxies.md).',
  ],
  [
    'unreadable',
    'n/a has not been readable for 200 ms. Its counters are read again when it answers.',
  ],
] as const)('a gap of the kind %s has a sentence', (why, text) => {
  expect(gapText(someGap(why))).toBe(text)
})

test('samples of counters that may be retries are called so', () => {
  const now = someAttempt({ samples: 410, unclassified: 10 })
  const progress: RunEvent = { kind: 'progress', check: someCheck({ counted: 'users' }), now }
  expect(lines([9000, progress])[0]).toContain(
    'v2 19%, v1 81% of 400 connections, 10 that may be retries',
  )
  expect(shown([9000, progress])[0]).toMatch(/10 in doubt$/)
})

test('a check of counts says how long it takes at least, and expects no number of them', () => {
  const counted = someCheck({ counted: 'own', attempts: [], ended: undefined })
  const planned: RunEvent = { kind: 'planned', plan: somePlan({ checks: [counted] }) }
  const before: RunEvent = {
    kind: 'preflight-replies',
    samples: 1,
    byDestination: { v1: 3, v2: 2 },
    unclassified: 0,
  }
  const progress: RunEvent = { kind: 'progress', check: counted, now: someAttempt() }
  const all = lines([0, planned], [10, before], [9000, progress])
  expect(all[0]).toContain('about 855 connections, counted over at least 10 s.')
  expect(all).toContain(
    'Preflight: 1 connection. The proxies counted, with those of users: 3 to v1, 2 to v2.',
  )
  expect(all.at(-1)).not.toContain('expected')
})
