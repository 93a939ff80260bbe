import { logRatio, ratioSteps } from '../numeric/likelihood-ratio.ts'
import { logSumExp } from '../numeric/log-sum-exp.ts'
import type { Tally } from './compare.ts'

const MULTIPLES = [1.5, 2, 4, 10]

/**
 * Tests whether errors are more frequent than a rate. Returns ln of the evidence: the mean of the likelihood ratios of
 * some higher rates, and of nothing but errors, against the rate. While the true rate is at or below it, this is a
 * supermartingale with mean at most 1.
 *
 * @param rate more than 0, less than 1
 */
export function aboveRate(rate: number): (tally: Tally) => number {
  const suspected = [...MULTIPLES.map((times) => times * rate).filter((higher) => higher < 1), 1]
  const steps = suspected.map((higher) => ratioSteps(higher, rate))
  const logCount = Math.log(steps.length)
  return ({ ok, errors }) => logSumExp(steps.map((one) => logRatio(one, errors, ok))) - logCount
}
