import { expect, test } from 'vitest'
import { sampleFrom, seededRandom, verifyRules } from '../../../kit/split/samples.ts'
import { locateChange } from '../../../src/split/judge/change-point.ts'
import {
  FIRST_ATTEMPT_DELAY_MS,
  LONGEST_WAIT_FOR_SWITCH_MS,
  SWITCH_SPREAD_MS,
} from '../../../src/split/judge/error-spending.ts'
import { judgeAttempt, UNCLASSIFIED } from '../../../src/split/judge/judge-attempt.ts'
import { switchDetector } from '../../../src/split/judge/switch-detector.ts'

const OLD = [0.8, 0.2]
const NEXT = [0.5, 0.5]
/** When the write was answered, on the clock of the samples. */
const START_MS = 7000

function detectorOf(
  old: readonly number[],
  next: readonly number[],
  propagationTimeoutMs = 15_000,
) {
  return switchDetector(locateChange(old, next), START_MS, propagationTimeoutMs)
}

/** Milliseconds from the write to the first attempt, a sample each millisecond: the gateway goes over at `switchMs`. */
function firstAttemptMs(
  old: readonly number[],
  next: readonly number[],
  switchMs: number,
  random = seededRandom(1),
): number {
  const detector = detectorOf(old, next)
  let atMs = 0
  for (; START_MS + atMs < detector.endsMs(); atMs++)
    detector.observe(sampleFrom(atMs < switchMs ? old : next, random), START_MS + atMs)
  return atMs
}

test('the first attempt begins 200 ms after the write for a gateway that switches early, and 100 ms after the switch for a late one', () => {
  const random = seededRandom(1)
  for (const switchMs of [40, 90, 400, 800]) {
    const waits = Array.from({ length: 201 }, () =>
      firstAttemptMs(OLD, NEXT, switchMs, random),
    ).toSorted((a, b) => a - b)
    const wanted = Math.max(FIRST_ATTEMPT_DELAY_MS, switchMs + SWITCH_SPREAD_MS)
    expect(waits[0]).toBeGreaterThanOrEqual(FIRST_ATTEMPT_DELAY_MS)
    expect(Math.abs((waits[100] ?? 0) - wanted)).toBeLessThanOrEqual(10)
    // A false alarm is seldom, and costs the early start of one attempt.
    expect(waits.filter((ms) => ms < switchMs).length).toBeLessThanOrEqual(0.15 * waits.length)
  }
})

test('a switch that does not show is waited for up to a second, and no longer than the propagation timeout', () => {
  expect(firstAttemptMs(OLD, NEXT, Number.POSITIVE_INFINITY)).toBe(LONGEST_WAIT_FOR_SWITCH_MS)
  expect(detectorOf(OLD, NEXT, 300).endsMs()).toBe(START_MS + 300)
  expect(detectorOf(OLD, NEXT, 0).endsMs()).toBe(START_MS + FIRST_ATTEMPT_DELAY_MS)
})

test('the first attempt begins after 200 ms where the weights are too alike, or the old ones are not known', () => {
  const soonest = START_MS + FIRST_ATTEMPT_DELAY_MS
  expect(detectorOf(OLD, [0.75, 0.25]).endsMs()).toBe(soonest)
  expect(detectorOf(OLD, OLD).endsMs()).toBe(soonest)
  expect(switchDetector(undefined, START_MS, 15_000).endsMs()).toBe(soonest)
})

test('unanswered connections start the first attempt, unless the switch shows', () => {
  const detector = detectorOf([1, 0], [0, 1])
  const soonest = START_MS + FIRST_ATTEMPT_DELAY_MS
  expect(detector.endsMs()).toBe(START_MS + LONGEST_WAIT_FOR_SWITCH_MS)
  detector.observe(0, START_MS + 310)
  detector.observe(UNCLASSIFIED, START_MS + 320)
  expect(detector.endsMs()).toBe(soonest)
  for (let atMs = 330; atMs < 340; atMs++) detector.observe(1, START_MS + atMs)
  expect(detector.endsMs()).toBe(START_MS + 320 + SWITCH_SPREAD_MS)
})

/**
 * Part of the first attempts that end as `decision`, where the share of the first destination is `truth`
 * from `switchMs` on, and the attempt begins when its detector says so. `reuse`: it judges the watch's samples too.
 */
function endedAs(
  decision: 'pass' | 'off-target',
  { truth, switchMs, reuse }: { truth: number; switchMs: number; reuse: boolean },
  runs: number,
): number {
  const random = seededRandom(5)
  const rules = {
    ...verifyRules(NEXT, 0.05, 0.1),
    old: OLD,
    guardCrossing: true,
  }
  let count = 0
  for (let run = 0; run < runs; run++) {
    const detector = detectorOf(OLD, NEXT)
    const judge = judgeAttempt(rules)
    let atMs = 0
    let ended: ReturnType<typeof judge.observe>
    const sample = () => sampleFrom(atMs < switchMs ? OLD : [truth, 1 - truth], random)
    for (; START_MS + atMs < detector.endsMs(); atMs++) {
      const sampled = sample()
      detector.observe(sampled, START_MS + atMs)
      if (reuse) ended ??= judge.observe(sampled)
    }
    for (; ended === undefined && atMs < 20_000; atMs += 0.2) ended = judge.observe(sample())
    if (ended === decision) count++
  }
  return count / runs
}

test('an attempt whose start was chosen by samples passes a share at either margin no more often than promised', () => {
  // Within four standard deviations of the 10% that the rules allow.
  for (const truth of [0.45, 0.55])
    for (const switchMs of [100, 400])
      expect(endedAs('pass', { truth, switchMs, reuse: false }, 400)).toBeLessThan(0.16)
})

test('an attempt whose start was chosen by samples fails on target no more often than promised', () => {
  expect(endedAs('off-target', { truth: 0.5, switchMs: 400, reuse: false }, 400)).toBeLessThan(0.16)
  expect(endedAs('off-target', { truth: 0.5, switchMs: 400, reuse: true }, 100)).toBe(1)
})
