import type { StartTimer } from '../../src/rollout/model/context.ts'

/** The time limits of a run, which are over when a test says so, and not before. */
export type HeldTime = {
  startTimer: StartTimer
  /** Ends what would end first: of a run that takes samples, its work, so that the rest is for the rollback. */
  endNext(): void
  /** Ends everything that has a time limit by now. What begins later has one of its own. */
  endAll(): void
}

export function holdTime(): HeldTime {
  const held = new Map<() => void, number>()
  const end = (over: () => void) => {
    if (held.delete(over)) over()
  }
  return {
    startTimer(ms, over) {
      const one = () => over()
      held.set(one, performance.now() + ms)
      return () => held.delete(one)
    },
    endNext() {
      const [first] = [...held].sort(([, a], [, b]) => a - b)
      if (first !== undefined) end(first[0])
    },
    endAll() {
      for (const one of [...held.keys()]) end(one)
    },
  }
}
