import { describe, expect, test } from 'vitest'
import { loggedAt } from '../../../kit/report/logged.ts'
import { STARTED, someAttempt, someCheck, somePlan } from '../../../kit/report/run.ts'
import { bandBar } from '../../../src/report/log/band-bar.ts'
import type { RunEvent } from '../../../src/rollout/model/events.ts'

const WRITTEN: Extract<RunEvent, { kind: 'written' }> = {
  kind: 'written',
  weights: { v1: 80, v2: 20 },
  number: 1,
  of: 1,
  tookMs: 1,
}

function progress(samples: number, v2: number, number = 1): RunEvent {
  const now = someAttempt({ number, samples, unclassified: 0, counts: [samples - v2, v2] })
  return { kind: 'progress', check: someCheck(), now }
}

function ended(samples: number, v2: number, number = 1): RunEvent {
  const one = someAttempt({ number, samples, unclassified: 0, counts: [samples - v2, v2] })
  return { kind: 'attempt-ended', check: someCheck(), ended: one, again: true }
}

/** What the terminal shows last after events at their times. */
function shown(...timed: [atMs: number, event: RunEvent][]): string | undefined {
  const log = loggedAt(true)
  const all = timed.flatMap(([atMs, event]) => log.at(atMs, event))
  return all.findLast(({ level }) => level === 'live')?.text
}

describe('the live line', () => {
  const begin: [number, RunEvent][] = [
    [0, STARTED],
    [0, { kind: 'planned', plan: somePlan() }],
    [1000, WRITTEN],
    [1200, { kind: 'attempt-started', check: someCheck(), number: 1, place: 'early' }],
  ]

  test('begins with the target, then shares, band, samples of those expected, and the time', () => {
    expect(shown(...begin, [4500, progress(400, 84)])).toBe(
      'v2 -> 20%  now 21% ±7  [···▕===●=▏···]  400/~855  3.5 s',
    )
  })

  test('counts on in an attempt that follows another, so that it never runs backwards', () => {
    const second = someAttempt({ number: 2, samples: 50, unclassified: 2, counts: [38, 10] })
    const events: [number, RunEvent][] = [
      ...begin,
      [2000, ended(300, 3)],
      [2100, { kind: 'attempt-started', check: someCheck(), number: 2, place: 'early' }],
      [2500, { kind: 'progress', check: someCheck(), now: second }],
    ]
    expect(shown(...events)).toMatch(/ {2}350\/~1,155 {2}1\.5 s {2}2 unanswered$/)
  })

  test('says so where there is nothing to show yet', () => {
    expect(shown(...begin)).toBe('v2 -> 20%  waiting for the gateway')
    expect(shown([0, { kind: 'preflight-progress', samples: 3 }])).toBe(
      'preflight: 3 connections ended',
    )
    expect(shown(...begin, [2000, progress(0, 0)])).toMatch(/^v2 -> 20% {2}no recognized reply {2}/)
  })

  test('is followed by lines that stay', () => {
    expect(loggedAt(true).at(0, { kind: 'journal-removed' })).toEqual([
      { level: 'info', text: 'Journal removed from the object.' },
    ])
  })
})

describe('the live block of a ramp', () => {
  const steps = [0.1, 0.2, 0.5].map((v2) =>
    someCheck({ target: [1 - v2, v2], attempts: [], ended: undefined }),
  )
  const [first, second] = steps
  const begin: [number, RunEvent][] = [
    [0, STARTED],
    [0, { kind: 'planned', plan: somePlan({ checks: steps }) }],
    [1000, { ...WRITTEN, of: 3 }],
    [1100, { kind: 'attempt-started', check: first ?? someCheck(), number: 1, place: 'early' }],
  ]

  test('has a line for each step with its state, what is checked now, and the time', () => {
    const events: [number, RunEvent][] = [
      ...begin,
      [2000, ended(400, 40)],
      [2000, { kind: 'check-ended', check: someCheck({ target: [0.9, 0.1] }) }],
      [3000, { ...WRITTEN, number: 2, of: 3 }],
      [3100, { kind: 'attempt-started', check: second ?? someCheck(), number: 1, place: 'early' }],
      [4500, progress(400, 84)],
    ]
    expect(shown(...events)?.split('\n')).toEqual([
      'demo/tcp-echo  v2 0% -> 50%  step 2 of 3  4.5 s',
      '  ✔ v2 10%  confirmed  400 connections  1 s',
      '  ▶ v2 20%  now 21% ±7  [···▕===●=▏···]  400/~855  1.5 s',
      '  · v2 50%  waiting',
    ])
  })

  test('says that it restores', () => {
    const over: [number, RunEvent][] = [
      ...begin,
      [2000, { kind: 'check-ended', check: someCheck({ ended: 'off-target' }) }],
    ]
    const text = shown(...over, [2000, { kind: 'restoring', weights: { v1: 100 } }])
    expect(text).toMatch(/\n {2}restoring the previous weights$/)
    expect(text).toContain('✘ v2 10%  failed')
  })

  test('has no more lines than fit, however many steps there are', () => {
    const many = Array.from({ length: 100 }, (_, index) =>
      someCheck({ target: [1 - index / 100, index / 100] }),
    )
    const text = shown(
      [0, { kind: 'planned', plan: somePlan({ checks: many }) }],
      ...many.slice(0, 50).flatMap((check, index): [number, RunEvent][] => [
        [index, { ...WRITTEN, number: index + 1, of: 100 }],
        [index, { kind: 'check-ended', check }],
      ]),
    )
    expect(text?.split('\n').length).toBeLessThan(12)
    expect(text).toContain('✔ v2 49%')
    expect(text).toContain('more steps')
  })
})

test.each([
  [0.2, '[···▕==●==▏···]'],
  [0.25, '[···▕=====●···]'],
  [0.17, '[···▕●====▏···]'],
  [0.9, '[···▕=====▏··●]'],
  [undefined, '[···▕=====▏···]'],
])('a share of %s beside a band of 20 ± 5 is %s', (observed, bar) => {
  expect(bandBar(0.2, 0.05, observed)).toBe(bar)
})
