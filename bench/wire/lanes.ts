import type { Round } from '../../kit/bench/wire/exchange.ts'

/**
 * So many exchanges, so many at a time. `exchange` calls `done` once, when the next one may begin, with whether it was
 * answered. Resolves with how many were not.
 */
export function inLanes(
  { connections, inFlight }: Round,
  exchange: (done: (answered: boolean) => void) => void,
): Promise<number> {
  return new Promise((resolve) => {
    let launched = 0
    let ended = 0
    let failed = 0

    function launch(): void {
      if (launched === connections) return
      launched += 1
      exchange((answered) => {
        ended += 1
        if (!answered) failed += 1
        if (ended === connections) resolve(failed)
        else launch()
      })
    }

    for (let lane = 0; lane < inFlight; lane += 1) launch()
  })
}
