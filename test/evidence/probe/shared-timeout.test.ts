import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type Stopwatch, sharedTimeout } from '../../../src/evidence/probe/shared-timeout.ts'

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
  const stopwatch = sharedTimeout(100, () => performance.now())
  return {
    ended,
    start(name: string, then: () => void = () => undefined) {
      const one = stopwatch(() => {
        ended.push(`${name} at ${performance.now() - startedMs}`)
        then()
      })
      one.start()
      return one
    },
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
  const first = start('first')
  vi.advanceTimersByTime(30)
  start('second')
  first.stop()
  vi.advanceTimersByTime(500)
  expect(ended).toEqual(['second at 130'])
})

test('one that is stopped again, or after its end, takes no other with it', () => {
  const { ended, start } = timeouts()
  const first = start('first')
  const second = start('second')
  first.stop()
  vi.advanceTimersByTime(50)
  start('third')
  first.stop()
  vi.advanceTimersByTime(50)
  second.stop()
  start('fourth')
  vi.advanceTimersByTime(500)
  expect(ended).toEqual(['second at 100', 'third at 150', 'fourth at 200'])
})

test('one that begins at the end of another has its whole time, and keeps none from its own', () => {
  const { ended, start } = timeouts()
  start('first', () => start('third'))
  vi.advanceTimersByTime(30)
  start('second')
  vi.advanceTimersByTime(500)
  expect(ended).toEqual(['first at 100', 'second at 130', 'third at 200'])
})

test('one that is used again has its whole time each time, and one start at a time', () => {
  const { ended, start } = timeouts()
  const one = start('one')
  vi.advanceTimersByTime(60)
  one.stop()
  one.start()
  vi.advanceTimersByTime(60)
  one.start()
  vi.advanceTimersByTime(100)
  one.start()
  vi.advanceTimersByTime(500)
  expect(ended).toEqual(['one at 160', 'one at 320'])
})

test('whichever are stopped, in whatever order, the others end in time', () => {
  const moves = fc.array(fc.record({ afterMs: fc.nat(60), stops: fc.option(fc.nat()) }), {
    maxLength: 40,
  })
  fc.assert(
    fc.property(moves, (given) => {
      const { ended, start } = timeouts()
      const due: { startMs: number; stopwatch: Stopwatch; stopped: boolean }[] = []
      let nowMs = 0
      for (const { afterMs, stops } of given) {
        vi.advanceTimersByTime(afterMs)
        nowMs += afterMs
        due.push({ startMs: nowMs, stopwatch: start(String(due.length)), stopped: false })
        const one = stops === null ? undefined : due[stops % due.length]
        if (one === undefined) continue
        one.stopwatch.stop()
        if (nowMs < one.startMs + 100) one.stopped = true
      }
      vi.advanceTimersByTime(1000)
      const expected = due.flatMap(({ startMs, stopped }, number) =>
        stopped ? [] : [`${number} at ${startMs + 100}`],
      )
      expect(ended).toEqual(expected)
    }),
    { seed: 1, numRuns: 200 },
  )
})

test('a thousand, one after the other, leave the timer that is set alone, and it is gone when its time is over', () => {
  const { ended, start } = timeouts()
  for (let i = 0; i < 1000; i++) {
    const one = start(`${i}`)
    vi.advanceTimersByTime(1)
    one.stop()
    expect(vi.getTimerCount()).toBe(1)
  }
  vi.advanceTimersByTime(100)
  expect(ended).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
})

test('while the process is held up no time passes for any of them: each has the rest of its own afterwards', () => {
  let heldUpMs = 0
  const ended: string[] = []
  const startMs = performance.now()
  const nowMs = () => performance.now() - startMs + heldUpMs
  const stopwatch = sharedTimeout(100, nowMs)
  const start = (name: string) => stopwatch(() => ended.push(`${name} at ${nowMs()}`)).start()
  start('first')
  vi.advanceTimersByTime(40)
  start('second')
  vi.advanceTimersByTime(50)
  // The clock goes on, and no timer with it.
  heldUpMs = 5000
  start('third')
  vi.advanceTimersByTime(500)
  expect(ended).toEqual(['first at 5101', 'second at 5140', 'third at 5200'])
})

test('thousands share one timer', () => {
  const { start } = timeouts()
  for (let i = 0; i < 5000; i++) start(`${i}`)
  expect(vi.getTimerCount()).toBe(1)
})

test('a process with nothing else to do does not wait for the timer', async () => {
  const file = new URL('../../../src/evidence/probe/shared-timeout.ts', import.meta.url)
  const script = `
    import { sharedTimeout } from '${file}'
    const one = sharedTimeout(600_000, () => performance.now())(() => undefined)
    one.start()
    one.stop()`
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script])
  expect(await run).toMatchObject({ stderr: '' })
})
