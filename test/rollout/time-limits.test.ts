import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  AFTER_CANCEL_MS,
  deadlines,
  limits,
  lookEndMs,
  RESERVE_MS,
  releaseEndMs,
} from '../../src/rollout/time-limits.ts'

const moment = fc.double({ min: 0, max: 1e9, noNaN: true })
const timeout = fc.double({ min: 1, max: 596 * 3_600_000, noNaN: true })

describe('deadlines', () => {
  test('leave the work half of a short run, and all but the reserve of a long one', () => {
    expect(deadlines(0, 2000, 'shift')).toEqual({ workMs: 1000, endMs: 2000 })
    expect(deadlines(100, 14_000, 'shift')).toEqual({ workMs: 7100, endMs: 14_100 })
    expect(deadlines(100, 300_000, 'shift')).toEqual({ workMs: 293_100, endMs: 300_100 })
  })

  test('keep less back in a run that has nothing to restore', () => {
    expect(deadlines(0, 10_000, 'verify')).toEqual({ workMs: 9000, endMs: 10_000 })
    expect(deadlines(0, 1000, 'verify')).toEqual({ workMs: 500, endMs: 1000 })
  })

  test('give every rollback the reserve, and end a run no later than the reserve after its time', () => {
    fc.assert(
      fc.property(moment, timeout, fc.double({ min: 0, max: 1, noNaN: true }), (start, ms, at) => {
        const due = deadlines(start, ms, 'shift')
        // The work ends at any moment until it is cut short.
        const now = start + at * (due.workMs - start)
        const end = releaseEndMs(due, now)
        // (now + reserve) - now loses the last digits of a large now.
        expect(end - now).toBeGreaterThan(RESERVE_MS - 0.01)
        expect(end).toBeGreaterThanOrEqual(due.endMs)
        expect(end - due.endMs).toBeLessThan(RESERVE_MS + 0.01)
        if (ms >= 2 * RESERVE_MS) expect(end - due.endMs).toBeLessThan(0.01)
      }),
    )
  })

  test('after a cancel leave a second of 7.5 to the report, whatever was under way', () => {
    fc.assert(
      fc.property(moment, timeout, moment, moment, (start, ms, cancelled, later) => {
        const end = releaseEndMs(deadlines(start, ms, 'shift'), cancelled + later, cancelled)
        expect(end).toBeLessThanOrEqual(cancelled + AFTER_CANCEL_MS)
      }),
    )
    expect(AFTER_CANCEL_MS).toBeLessThanOrEqual(7500 - 1000)
  })

  test('let a look that only helps go on neither past the end nor for long', () => {
    expect(lookEndMs(deadlines(0, 60_000, 'shift'), 10_000)).toBe(15_000)
    expect(lookEndMs(deadlines(0, 60_000, 'shift'), 58_000)).toBe(60_000)
    expect(lookEndMs(deadlines(0, 60_000, 'shift'), 61_000)).toBe(60_000)
  })
})

describe('the signals of a run', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const start = (timeoutMs: number, cancel = new AbortController()) => ({
    cancel,
    time: limits({
      cancelled: cancel.signal,
      nowMs: () => performance.now(),
      options: { mode: 'shift', timeoutMs },
    }),
  })
  /** Milliseconds from now until a signal aborts. */
  const until = (signal: AbortSignal, mostMs = 1_000_000) => {
    const from = performance.now()
    while (!signal.aborted && performance.now() - from < mostMs) vi.advanceTimersByTime(50)
    return signal.aborted ? performance.now() - from : Infinity
  }

  test('cut the work short and end the check with the run', () => {
    const { time } = start(60_000)
    expect(until(time.work)).toBe(53_000)
    expect(until(time.check)).toBe(7000)
  })

  test('let a rollback use all that is left of the run, and the reserve at least', () => {
    const { time } = start(60_000)
    vi.advanceTimersByTime(10_000)
    expect(until(time.release())).toBe(50_000)
    expect(until(time.release())).toBe(7000)
  })

  test('end the work and the check at a cancel, and a rollback in time, before, at and after it', () => {
    const { time, cancel } = start(60_000)
    const begun = time.release()
    vi.advanceTimersByTime(1000)
    cancel.abort()
    expect([time.work.aborted, time.check.aborted, time.look().aborted]).toEqual([true, true, true])
    const now = time.release()
    vi.advanceTimersByTime(3000)
    const later = time.release()
    expect(until(begun)).toBe(3000)
    expect([now.aborted, later.aborted, time.release().aborted]).toEqual([true, true, true])
  })

  test('of a run that was cancelled before it began leave it the same time', () => {
    const cancel = new AbortController()
    cancel.abort()
    const { time } = start(60_000, cancel)
    expect(time.work.aborted).toBe(true)
    expect(until(time.release())).toBe(6000)
  })

  test('leave no timer behind', () => {
    const { time, cancel } = start(60_000)
    cancel.abort()
    time.release()
    time.look()
    time.end()
    expect(vi.getTimerCount()).toBe(0)
  })
})
