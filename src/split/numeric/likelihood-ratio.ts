/**
 * What one sample adds to the log-likelihood ratio of share p against share q: `hit` where it
 * reached the destination, `miss` where it did not. Either can be infinite where a share is 0 or 1.
 */
export type RatioSteps = { hit: number; miss: number }

export function ratioSteps(p: number, q: number): RatioSteps {
  return { hit: logQuotient(p, q), miss: logQuotient(1 - p, 1 - q) }
}

/** The log-likelihood ratio of a whole set of samples; no samples of a kind count nothing, even at infinite steps. */
export function logRatio(steps: RatioSteps, hits: number, misses: number): number {
  return times(hits, steps.hit) + times(misses, steps.miss)
}

/** count x step where 0 samples of an impossible kind weigh nothing (0 x Infinity is 0 here). */
export function times(count: number, step: number): number {
  return count === 0 ? 0 : count * step
}

/** ln(p / q), 0 where both are 0: the sample is impossible either way, so it speaks for neither. */
export function logQuotient(p: number, q: number): number {
  return p === q ? 0 : Math.log(p) - Math.log(q)
}
