/** Part by which the number of draws grows with a step: while next to no try can pass, and then. */
const GROWTH = { early: 1 / 4, late: 1 / 16 }

/** Part of the usual number of draws from which on steps are the finer ones. */
const LATE_FROM = 1 / 16

/** About how many times the usual number of draws the longest tries take. */
const LONGEST = 6

/** Nanoseconds that one step of one try takes, about, and what all may take: a cold start comes to that. */
const STEP_NS = { ofTry: 130, ofDestination: 55 }
const ALL_NS = 15e6

const TRIES = { fewest: 300, most: 8192 }

/** The number of draws in the step that follows so many draws. */
export function growingSteps(draws: number, usualDraws: number): number {
  const growth = draws < usualDraws * LATE_FROM ? GROWTH.early : GROWTH.late
  return Math.max(1, Math.floor(draws * growth))
}

/** How many tries can be simulated in some hundredths of a second; always as many for the same rules. */
export function affordableTries(destinations: number, usualDraws: number): number {
  let steps = 0
  for (let draws = 0; draws < usualDraws * LONGEST; steps++)
    draws += growingSteps(draws, usualDraws)
  const stepNs = STEP_NS.ofTry + STEP_NS.ofDestination * destinations
  const tries = Math.round(ALL_NS / (steps * stepNs))
  return 2 * Math.round(Math.min(TRIES.most, Math.max(TRIES.fewest, tries)) / 2)
}
