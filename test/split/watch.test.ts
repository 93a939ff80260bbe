import { expect, test } from 'vitest'
import { locateChange } from '../../src/split/change-point.ts'
import { UNCLASSIFIED } from '../../src/split/judge-try.ts'
import { FIRST_TRY_DELAY_MS, LONGEST_WATCH_MS } from '../../src/split/tries.ts'
import { watchForSwitch } from '../../src/split/watch.ts'
import { drawFrom, seededRandom } from './draws.ts'

const OLD = [0.8, 0.2]
const NEXT = [0.5, 0.5]

/** When the first try begins, a draw each millisecond: the gateway goes over at `switchMs`. */
function firstTryMs(old: readonly number[], next: readonly number[], switchMs: number, seed = 1) {
  const random = seededRandom(seed)
  const watch = watchForSwitch(locateChange(old, next), 15_000)
  let atMs = 0
  for (; atMs < watch.endsMs(); atMs++)
    watch.observe(drawFrom(atMs < switchMs ? old : next, random), atMs)
  return atMs
}

test('the first try begins within some tens of draws of the switch, be it early or late', () => {
  for (const switchMs of [40, 100, 400, 800]) {
    const waits = Array.from({ length: 101 }, (_, seed) =>
      firstTryMs(OLD, NEXT, switchMs, seed + 1),
    ).toSorted((a, b) => a - b)
    expect(waits[50]).toBeGreaterThan(switchMs)
    expect(waits[50]).toBeLessThan(switchMs + 45)
    expect(waits.filter((ms) => ms < switchMs - 30).length).toBeLessThanOrEqual(10)
  }
})

test('a switch that never shows is waited for up to a second, and no longer than it may take', () => {
  expect(firstTryMs(OLD, NEXT, Number.POSITIVE_INFINITY)).toBe(LONGEST_WATCH_MS)
  expect(watchForSwitch(locateChange(OLD, NEXT), 300).endsMs()).toBe(300)
  expect(watchForSwitch(locateChange(OLD, NEXT), 0).endsMs()).toBe(FIRST_TRY_DELAY_MS)
})

test('weights that are too alike to tell, or that nobody knows, are tried after 200 ms', () => {
  expect(watchForSwitch(locateChange(OLD, [0.75, 0.25]), 15_000).endsMs()).toBe(FIRST_TRY_DELAY_MS)
  expect(watchForSwitch(locateChange(OLD, OLD), 15_000).endsMs()).toBe(FIRST_TRY_DELAY_MS)
  expect(watchForSwitch(undefined, 15_000).endsMs()).toBe(FIRST_TRY_DELAY_MS)
})

test('connections that go unanswered are left to the try, unless the switch shows', () => {
  const watch = watchForSwitch(locateChange([1, 0], [0, 1]), 15_000)
  watch.observe(0, 1)
  watch.observe(UNCLASSIFIED, 2)
  expect(watch.endsMs()).toBe(FIRST_TRY_DELAY_MS)
  for (let atMs = 3; atMs < 10; atMs++) watch.observe(1, atMs)
  expect(watch.endsMs()).toBe(0)
})
