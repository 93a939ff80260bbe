import { expect, test } from 'vitest'
import { STARTED, someCheck, someOutcome } from '../../kit/report/run.ts'
import { startRamp } from '../../src/report/ramp.ts'
import type { RunEvent } from '../../src/rollout/model/events.ts'

const WEIGHTS = { v1: 80, v2: 20 }
const OLD = { v1: 100, v2: 0 }
const FIRST_ATTEMPT: RunEvent = {
  kind: 'attempt-started',
  check: someCheck(),
  number: 1,
  place: 'early',
}
const CONFIRMED: RunEvent = { kind: 'check-ended', check: someCheck() }
const FINISHED: RunEvent = { kind: 'finished', outcome: someOutcome() }

function written(number: number): RunEvent {
  return { kind: 'written', weights: WEIGHTS, number, of: 2, tookMs: 4 }
}

/** The stretches of events that are 10 ms apart: what, from, to, how it ended. */
function spans(...events: RunEvent[]): (string | number | undefined)[][] {
  const { spans: all, take } = startRamp()
  for (const [index, event] of events.entries()) take(event, index * 10)
  return all.map(({ kind, startMs, endMs, ended }) => [kind, startMs, endMs, ended])
}

test('a ramp is preflight, then for each step the write and its check', () => {
  expect(spans(STARTED, written(1), FIRST_ATTEMPT, CONFIRMED, written(2), FINISHED)).toEqual([
    ['preflight', 0, 6, undefined],
    ['write', 6, 10, undefined],
    ['check', 10, 30, 'pass'],
    ['write', 36, 40, undefined],
    ['check', 40, 50, undefined],
  ])
})

test('the check begins with its first attempt where nothing is written', () => {
  expect(spans(STARTED, FIRST_ATTEMPT, FIRST_ATTEMPT, CONFIRMED)).toEqual([
    ['preflight', 0, 10, undefined],
    ['check', 10, 30, 'pass'],
  ])
})

test('the restore and its check are stretches too, with the restored weights', () => {
  const events: RunEvent[] = [
    written(1),
    { kind: 'restoring', weights: OLD },
    { kind: 'restored', weights: OLD, sinceFirstWriteMs: 1, isChecked: true },
    FIRST_ATTEMPT,
    CONFIRMED,
    FINISHED,
  ]
  expect(spans(...events).slice(2)).toEqual([
    ['restore', 10, 20, undefined],
    ['restore-check', 20, 40, 'pass'],
  ])
  const { spans: all, take } = startRamp()
  for (const event of events) take(event, 0)
  expect(all.map(({ weights }) => weights)).toEqual([WEIGHTS, WEIGHTS, OLD, OLD])
})
