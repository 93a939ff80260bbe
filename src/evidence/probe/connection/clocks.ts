import { type Stopwatch, sharedTimeout } from '../shared-timeout.ts'

/** Times one request. */
export type Clock = {
  stopwatch: Stopwatch
  /** What is ended where the time is over. */
  running: { timedOut(): void } | undefined
}

/** Time limits of requests. One that has ended leaves its clock to another. */
export type Clocks = { take(): Clock; free(clock: Clock): void }

export function startClocks(timeoutMs: number): Clocks {
  const start = sharedTimeout(timeoutMs, () => performance.now())
  const unused: Clock[] = []
  function made(): Clock {
    const clock: Clock = { stopwatch: start(() => clock.running?.timedOut()), running: undefined }
    return clock
  }
  return {
    take: () => unused.pop() ?? made(),
    free(clock) {
      clock.running = undefined
      unused.push(clock)
    },
  }
}
