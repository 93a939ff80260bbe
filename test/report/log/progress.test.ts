import { describe, expect, test } from 'vitest'
import { loggedAt } from '../../../kit/report/logged.ts'
import { someAttempt, someCheck } from '../../../kit/report/run.ts'
import type { RunEvent } from '../../../src/rollout/model/events.ts'

const PROGRESS: RunEvent = { kind: 'progress', check: someCheck(), now: someAttempt() }

function again(number: number): RunEvent {
  return {
    kind: 'attempt-ended',
    check: someCheck(),
    ended: someAttempt({ number, decision: 'off-target' }),
    again: true,
  }
}

/** How many lines each of events makes, at their times. */
function counts(...timed: [atMs: number, event: RunEvent][]): number[] {
  const log = loggedAt()
  return timed.map(([atMs, event]) => log.at(atMs, event).length)
}

describe('while connections are made', () => {
  test('a line says what is observed so far, and what is expected', () => {
    expect(loggedAt().at(2000, PROGRESS)).toEqual([
      {
        level: 'info',
        text: '  v2 19%, v1 81% of 400 connections, 10 without a recognized reply, about 855 expected, 812 ms',
      },
    ])
  })

  test('it says so where there was no reply yet', () => {
    const log = loggedAt()
    const none = someAttempt({ samples: 0, unclassified: 0 })
    const texts = log.at(2000, { ...PROGRESS, now: none }).map(({ text }) => text)
    expect(texts).toEqual(['  no reply yet, about 855 expected, 812 ms'])
    expect(log.at(4000, { kind: 'preflight-progress', samples: 3 })[0]?.text).toBe(
      'Preflight: 3 connections ended, waiting for the others.',
    )
  })

  test('there is one every two seconds at most, counted from the last line of any kind', () => {
    expect(
      counts(
        [500, PROGRESS],
        [1999, PROGRESS],
        [2000, PROGRESS],
        [3999, PROGRESS],
        [3999, { kind: 'journal-removed' }],
        [5000, PROGRESS],
        [5999, PROGRESS],
      ),
    ).toEqual([0, 0, 1, 0, 1, 0, 1])
  })

  test('there is one every ten seconds after ten seconds, and one every half minute after two minutes', () => {
    expect(
      counts(
        [10_000, PROGRESS],
        [19_999, PROGRESS],
        [20_000, PROGRESS],
        [120_000, PROGRESS],
        [149_999, PROGRESS],
        [150_000, PROGRESS],
      ),
    ).toEqual([1, 0, 1, 1, 0, 1])
  })

  test('attempts that others follow are routine after the first, and the last of them is not', () => {
    const last: RunEvent = {
      kind: 'attempt-ended',
      check: someCheck(),
      ended: someAttempt(),
      again: false,
    }
    expect(
      counts([0, again(1)], [100, again(2)], [200, again(3)], [2100, again(4)], [2200, last]),
    ).toEqual([1, 0, 0, 2, 1])
  })

  test('attempts that come too fast for a line each are added up, so that no number is missing', () => {
    const log = loggedAt()
    const at = (ms: number, event: RunEvent) => log.at(ms, event).map(({ text }) => text)
    at(0, again(1))
    for (const number of [2, 3, 4]) at(number * 100, again(number))
    expect(at(2400, again(5)).map((text) => text.replace(/: .*/, ''))).toEqual([
      '  Attempts 2 to 4',
      '  Attempt 5',
    ])
    at(2500, again(6))
    const together = '  Attempt 6: v2 19%, v1 81% of 400 connections, 10 without a recognized reply'
    expect(at(2600, { kind: 'check-ended', check: someCheck({ ended: undefined }) })[0]).toBe(
      `${together}: not confirmed`,
    )
  })
})
