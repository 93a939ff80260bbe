import { logSumExp } from '../numeric/log-sum-exp.ts'

/** Samples with and without an error. */
export type Tally = { ok: number; errors: number }

/** How many times the error rate of the others is suspected. */
const RATIOS = [2, 5, 20]

/**
 * ln of the evidence that a destination has a higher error rate than the others: the mean, over suspected ratios of the two
 * rates, of the likelihood of where the errors came from, against the likeliest share of all samples that is not below the
 * target. While the rates are alike it is a supermartingale with mean at most 1, whatever the rate does over time, for any
 * constant share and for any share that stays at or below the target. So it ever reaches 1/a with a chance of at most a.
 *
 * With the target itself in the place of the likeliest share, a true share of 8% for 5% made 69% false alarms.
 *
 * @param own of the destination
 * @param others all other samples; errors of no known destination count as theirs
 * @param target the destination's share, more than 0; at 1 nothing is left to compare with
 */
export function logCompareEvidence(own: Tally, others: Tally, target: number): number {
  if (target >= 1) return 0
  const [mine, theirs] = [own.ok + own.errors, others.ok + others.errors]
  if (mine + theirs === 0) return 0
  const share = Math.max(target, mine / (mine + theirs))
  const against = times(mine, share) + times(theirs, 1 - share)
  const logs = RATIOS.map((ratio) => {
    const errorShare = (ratio * target) / (ratio * target + 1 - target)
    const ok = times(own.ok, target) + times(others.ok, 1 - target)
    return ok + times(own.errors, errorShare) + times(others.errors, 1 - errorShare) - against
  })
  return logSumExp(logs) - Math.log(RATIOS.length)
}

/** count x ln(share); nothing of what did not happen counts. */
function times(count: number, share: number): number {
  return count === 0 ? 0 : count * Math.log(share)
}
