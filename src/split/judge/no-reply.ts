import { logRatio, ratioSteps } from '../numeric/likelihood-ratio.ts'
import { logSumExp } from '../numeric/log-sum-exp.ts'

/** The share of connections without a recognized reply that is tolerated. */
export const TOLERATED = 0.01
/** The shares that are suspected. */
export const SUSPECTED = [0.02, 0.05, 0.1, 0.2, 0.5, 1]

const STEPS = SUSPECTED.map((share) => ratioSteps(share, TOLERATED))
const LOG_COUNT = Math.log(SUSPECTED.length)

/**
 * ln of the evidence that more than 1 in 100 connections goes without a recognized reply: the mean of the likelihood
 * ratios of several suspected shares against 1%. While the true share is 1% or less, it is a supermartingale with mean at
 * most 1, so it ever reaches 1/a with a chance of at most a.
 */
export function logNoReplyEvidence(samples: number, unclassified: number): number {
  const answered = samples - unclassified
  return logSumExp(STEPS.map((steps) => logRatio(steps, unclassified, answered))) - LOG_COUNT
}
