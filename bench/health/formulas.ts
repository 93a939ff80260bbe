/**
 * The tests of health, written down a second time: what judges the code must not share its formulas. `docs/statistics.md` says
 * what they are.
 */

/** Rates that speak for a pass of a limit, in parts of it, and the stake of each. */
const BETTER: readonly (readonly [part: number, stake: number])[] = [
  [0, 0.5],
  [1 / 10, 0.2],
  [1 / 4, 0.2],
  [1 / 2, 0.1],
]

/** Rates that speak for a fail, in multiples of the limit. The rate 1 is always among them, and the mean of it and a limit that has no multiple below 1. */
const WORSE = [1.5, 2, 4, 10]

/** How many times the error rate of the others a comparison suspects. */
const SUSPECTED = [2, 5, 20]

export const HARMLESS = 0.001

/** Part of 1 - confidence that fails of health may take. */
export const HEALTH_SHARE = 0.45

/** ln of the sum of exponentials, none of them too large to be computed. */
export function logSum(logs: readonly number[]): number {
  const most = Math.max(...logs)
  if (most === Number.NEGATIVE_INFINITY) return most
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0))
}

/** ln of the likelihood of k events among n at a rate. */
function logLikelihood(n: number, k: number, rate: number): number {
  const hits = k === 0 ? 0 : k * Math.log(rate)
  const rest = n === k ? 0 : (n - k) * Math.log(1 - rate)
  return hits + rest
}

/** ln of the evidence that a rate is below its limit, after k events among n samples. */
export function logPass(limit: number): (n: number, k: number) => number {
  return (n, k) =>
    logSum(BETTER.map(([part, stake]) => Math.log(stake) + logLikelihood(n, k, part * limit))) -
    logLikelihood(n, k, limit)
}

/** The rates that speak against a limit. */
export function worseRates(limit: number): number[] {
  if (limit >= 1 / 1.5) return [limit + (1 - limit) / 2, 1]
  return [...WORSE.map((times) => times * limit).filter((rate) => rate < 1), 1]
}

/** ln of the evidence that a rate is above its limit. */
export function logFail(limit: number): (n: number, k: number) => number {
  const rates = worseRates(limit)
  return (n, k) =>
    logSum(rates.map((rate) => logLikelihood(n, k, rate))) -
    Math.log(rates.length) -
    logLikelihood(n, k, limit)
}

/** Samples of a destination and of the others, with and without an error. */
export type Compared = { ownOk: number; ownErrors: number; otherOk: number; otherErrors: number }

/** Share of the errors that a destination has if its error rate is so many times that of the others. */
export function errorShare(ratio: number, share: number): number {
  return (ratio * share) / (ratio * share + 1 - share)
}

/** ln of the evidence that a destination has a higher error rate than the others. */
export function logCompare(target: number): (counts: Compared) => number {
  return ({ ownOk, ownErrors, otherOk, otherErrors }) => {
    const own = ownOk + ownErrors
    const all = own + otherOk + otherErrors
    if (all === 0) return 0
    const likeliest = Math.max(target, own / all)
    const logs = SUSPECTED.map((ratio) => {
      const theta = errorShare(ratio, target)
      return (
        logLikelihood(ownOk + otherOk, ownOk, target) +
        logLikelihood(ownErrors + otherErrors, ownErrors, theta)
      )
    })
    return logSum(logs) - Math.log(SUSPECTED.length) - logLikelihood(all, own, likeliest)
  }
}

/** The same where the true share is known to be the target: only where errors fall counts. A yardstick, not in use. */
export function logCompareKnownShare(share: number): (n: number, k: number) => number {
  return (n, k) =>
    logSum(SUSPECTED.map((ratio) => logLikelihood(n, k, errorShare(ratio, share)))) -
    Math.log(SUSPECTED.length) -
    logLikelihood(n, k, share)
}
