/** Samples with and without an error. */
export type Tally = { ok: number; errors: number }

/** How many times the error rate of the others is suspected. */
const RATIOS = [2, 5, 20]

/** ln of the evidence of samples with and without an error, of a destination and of all others. */
export type Comparison = (
  ownOk: number,
  ownErrors: number,
  othersOk: number,
  othersErrors: number,
) => number

/**
 * ln of the evidence that a destination has a higher error rate than the others: the mean, over suspected ratios of the two
 * rates, of the likelihood of where the errors came from, against the likeliest share of all samples that is not below the
 * target. While the rates are alike it is a supermartingale with mean at most 1, whatever the rate does over time, for any
 * constant share and for any share that stays at or below the target. So it ever reaches 1/a with a chance of at most a.
 *
 * With the target itself in the place of the likeliest share, a true share of 8% for 5% made 69% false alarms.
 *
 * Errors of no known destination count as those of the others.
 *
 * @param target the destination's share, more than 0, less than 1: at 1 nothing is left to compare with
 */
export function comparison(target: number): Comparison {
  const [logTarget, logOthers] = [Math.log(target), Math.log1p(-target)]
  const sum = RATIOS.map((ratio) => ratio * target + 1 - target)
  const own = RATIOS.map((ratio, i) => Math.log((ratio * target) / (sum[i] ?? 1)))
  const others = RATIOS.map((_, i) => Math.log((1 - target) / (sum[i] ?? 1)))
  const logCount = Math.log(RATIOS.length)
  return (ownOk, ownErrors, othersOk, othersErrors) => {
    const mine = ownOk + ownErrors
    const theirs = othersOk + othersErrors
    if (mine + theirs === 0) return 0
    const share = Math.max(target, mine / (mine + theirs))
    const against = times(mine, Math.log(share)) + times(theirs, Math.log1p(-share))
    let most = Number.NEGATIVE_INFINITY
    for (let i = 0; i < own.length; i++)
      most = Math.max(most, ownErrors * (own[i] ?? 0) + othersErrors * (others[i] ?? 0))
    let all = 0
    for (let i = 0; i < own.length; i++)
      all += Math.exp(ownErrors * (own[i] ?? 0) + othersErrors * (others[i] ?? 0) - most)
    return ownOk * logTarget + othersOk * logOthers + most + Math.log(all) - logCount - against
  }
}

/** count x ln(share); nothing of what did not happen counts. */
function times(count: number, log: number): number {
  return count === 0 ? 0 : count * log
}
