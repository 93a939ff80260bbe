/**
 * What a Pod's clock shows on the clock of the run. Each line of its log has the time of the Pod's clock at which it was written,
 * and arrives later. The least difference so far is taken: it is too large by no more than the delay of the fastest line. So a
 * launch is dated too late by that at most, as if the gateway had taken new weights so much earlier.
 */
export type PodClock = {
  /** A line that was written at a time of the Pod's clock arrived. */
  heard(emittedMs: number, arrivedMs: number): void
  /** Undefined before the first line. */
  toRun(podMs: number): number | undefined
  /** By how many milliseconds the fastest of some 32 lines in a row was slower than the fastest of all, at most. */
  unsteadyMs(): number
}

/** Clocks that nothing corrects drift apart by up to 50 millionths each. */
const DRIFT = 1e-4
const LINES_IN_BLOCK = 32
/** About the last 100 lines say how steady lines are. */
const BLOCKS = 3

export function startPodClock(): PodClock {
  let offsetMs: number | undefined
  let heardMs = 0
  let leastInBlock = Number.POSITIVE_INFINITY
  let linesInBlock = 0
  let blocks: number[] = []

  return {
    heard(emittedMs, arrivedMs) {
      const differenceMs = arrivedMs - emittedMs
      const drifted = Math.max(0, arrivedMs - heardMs) * DRIFT
      offsetMs = offsetMs === undefined ? differenceMs : Math.min(offsetMs + drifted, differenceMs)
      heardMs = arrivedMs
      leastInBlock = Math.min(leastInBlock, differenceMs)
      linesInBlock += 1
      if (linesInBlock < LINES_IN_BLOCK) return
      blocks = [...blocks, leastInBlock].slice(-BLOCKS)
      leastInBlock = Number.POSITIVE_INFINITY
      linesInBlock = 0
    },
    toRun: (podMs) => (offsetMs === undefined ? undefined : podMs + offsetMs),
    unsteadyMs: () => Math.max(0, ...blocks.map((least) => least - (offsetMs ?? least))),
  }
}
