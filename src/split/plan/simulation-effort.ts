/** Part by which the number of samples grows with a step: while next to no attempt can pass, and then. */
const GROWTH = { early: 1 / 4, late: 1 / 16 }

/** Part of the usual number of samples from which on steps are the finer ones. */
const LATE_FROM = 1 / 16

/** About how many times the usual number of samples the longest attempts take. */
const LONGEST = 6

/** Nanoseconds that one step of one attempt takes, about, and what all may take: a cold start comes to that. */
const STEP_NS = { ofAttempt: 130, ofDestination: 55 }
const ALL_NS = 15e6

const ATTEMPTS = { fewest: 300, most: 8192 }

/** The number of samples in the step that follows so many samples. */
export function growingSteps(samples: number, expectedSampleSize: number): number {
  const growth = samples < expectedSampleSize * LATE_FROM ? GROWTH.early : GROWTH.late
  return Math.max(1, Math.floor(samples * growth))
}

/** How many attempts can be simulated in some hundredths of a second; always as many for the same rules. */
export function affordableAttempts(destinations: number, expectedSampleSize: number): number {
  let steps = 0
  for (let samples = 0; samples < expectedSampleSize * LONGEST; steps++)
    samples += growingSteps(samples, expectedSampleSize)
  const stepNs = STEP_NS.ofAttempt + STEP_NS.ofDestination * destinations
  const attempts = Math.round(ALL_NS / (steps * stepNs))
  return 2 * Math.round(Math.min(ATTEMPTS.most, Math.max(ATTEMPTS.fewest, attempts)) / 2)
}
