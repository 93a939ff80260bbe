/** Which samples are taken of Pods that take more than are wanted. */
export type Thinning = {
  /** Whether a launch is taken. Asked for each one of a Pod, in their order. */
  takes(pod: number, launchedMs: number): boolean
}

/** Takes samples evenly over time, and the same number of each Pod, one Pod after the other. Outcomes have no part in it. */
export function startThinning(samplesPerSecond: number, pods: number, fromMs: number): Thinning {
  const everyMs = (1000 * pods) / samplesPerSecond
  const dueMs = Array.from({ length: pods }, (_, pod) => fromMs + (pod * everyMs) / pods)
  return {
    takes(pod, launchedMs) {
      const due = dueMs[pod] ?? fromMs
      if (launchedMs < due) return false
      // What was missed while a Pod had no samples is not caught up on.
      dueMs[pod] = launchedMs - due < everyMs ? due + everyMs : launchedMs + everyMs
      return true
    },
  }
}
