/** What happens to Jobs after a time, which a test can let pass. */
export type JobLimits = {
  after(ms: number, act: () => void): void
  /** Lets so much time pass at once. What is due then happens in the order of its moments. */
  pass(ms: number): void
  stop(): void
}

type Limit = { dueMs: number; act: () => void; timer?: NodeJS.Timeout }

export function startLimits(): JobLimits {
  const limits = new Set<Limit>()
  let passedMs = 0
  const nowMs = () => performance.now() + passedMs
  const start = (limit: Limit) => {
    limit.timer = setTimeout(() => end(limit), Math.max(0, limit.dueMs - nowMs()))
  }
  const end = (limit: Limit) => {
    clearTimeout(limit.timer)
    if (limits.delete(limit)) limit.act()
  }
  const firstUntil = (ms: number) =>
    [...limits].filter(({ dueMs }) => dueMs <= ms).sort((a, b) => a.dueMs - b.dueMs)[0]
  return {
    after(ms, act) {
      const limit: Limit = { dueMs: nowMs() + ms, act }
      limits.add(limit)
      start(limit)
    },
    pass(ms) {
      const untilMs = nowMs() + ms
      // What ends a Job starts the time until its removal, which may be over then too.
      for (let next = firstUntil(untilMs); next; next = firstUntil(untilMs)) {
        passedMs += Math.max(0, next.dueMs - nowMs())
        end(next)
      }
      passedMs += Math.max(0, untilMs - nowMs())
      for (const limit of limits) {
        clearTimeout(limit.timer)
        start(limit)
      }
    },
    stop() {
      for (const { timer } of limits) clearTimeout(timer)
      limits.clear()
    },
  }
}
