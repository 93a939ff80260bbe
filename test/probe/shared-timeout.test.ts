import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sharedTimeout } from '../../src/probe/shared-timeout.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Timeouts of 100 ms, and the names of those that have ended with the moment each did. */
function timeouts() {
  const ended: string[] = []
  const startedMs = performance.now()
  const start = sharedTimeout(100, () => performance.now())
  return {
    ended,
    start: (name: string) => start(() => ended.push(`${name} at ${performance.now() - startedMs}`)),
  }
}

test('each ends when its own time is over', () => {
  const { ended, start } = timeouts()
  start('first')
  vi.advanceTimersByTime(40)
  start('second')
  vi.advanceTimersByTime(99)
  expect(ended).toEqual(['first at 100'])
  vi.advanceTimersByTime(1)
  expect(ended).toEqual(['first at 100', 'second at 140'])
})

test('one that is stopped does not end, and those after it end in time', () => {
  const { ended, start } = timeouts()
  const stopFirst = start('first')
  vi.advanceTimersByTime(30)
  start('second')
  stopFirst()
  vi.advanceTimersByTime(500)
  expect(ended).toEqual(['second at 130'])
})

test('no timer is left once all are stopped, and the next one starts anew', () => {
  const { ended, start } = timeouts()
  const stops = [start('first'), start('second')]
  for (const stop of stops) stop()
  expect(vi.getTimerCount()).toBe(0)
  vi.advanceTimersByTime(70)
  start('third')
  vi.advanceTimersByTime(100)
  expect(ended).toEqual(['third at 170'])
  expect(vi.getTimerCount()).toBe(0)
})

test('thousands share one timer', () => {
  const { start } = timeouts()
  for (let i = 0; i < 5000; i++) start(`${i}`)
  expect(vi.getTimerCount()).toBe(1)
})
