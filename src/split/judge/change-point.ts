import { logQuotient } from '../numeric/likelihood-ratio.ts'

/** Stray samples (a lost reply, one slow replica) are allowed for at this rate, so no share is 0. */
const STRAY = 0.01

/** ln of how much likelier the switch must be than no switch at all before a time is reported. */
const DECISIVE = Math.log(1000)

/** ln of how much likelier "the previous weights first" must be than "the new ones from the start". By chance it is in 1 of 100 runs. */
const SEEN_OLD = Math.log(100)

/** When the gateway switched from the previous weights to the new ones, from all samples since the write. */
export type ChangePoint = {
  /**
   * @param destination index of a destination; anything else is skipped
   * @param launchedMs when the connection was launched, not before that of the sample before it
   */
  observe(destination: number, launchedMs: number): void
  /**
   * The likeliest moment of the switch, on the clock of `launchedMs`: half way between the last sample of the previous weights
   * and the first of the new. Undefined while the switch is not 1000 times likelier than that the previous weights are still
   * served, as where the two are alike.
   */
  estimateMs(): number | undefined
  /** Whether samples before that moment show the previous weights. If not, the switch may have come before the first sample, or never. */
  hasSeenOld(): boolean
  /** How many samples of the new weights it takes, on average, until a time is reported; infinite for weights that are alike. */
  samplesToDistinguish: number
}

/**
 * Maximum-likelihood change point (the statistic of Page's CUSUM, 1954). With z = ln(new share / old share) of each
 * sample's destination, the likelihood of a switch before sample t falls with the sum of z over the samples before t, so
 * the switch is where that running sum is least: one pass, constant memory.
 */
export function locateChange(old: readonly number[], target: readonly number[]): ChangePoint {
  const floored = (share: number) => (1 - STRAY) * share + STRAY / target.length
  const steps = target.map((share, i) => logQuotient(floored(share), floored(old[i] ?? 0)))
  const stepMean = target.reduce((mean, share, i) => mean + share * (steps[i] ?? 0), 0)
  let sum = 0
  let least = 0
  let previousMs: number | undefined
  let switchedMs: number | undefined
  let leastIsNew = true
  return {
    observe(destination, launchedMs) {
      const step = steps[destination]
      if (step === undefined) return
      if (leastIsNew) {
        switchedMs = previousMs === undefined ? launchedMs : (previousMs + launchedMs) / 2
        leastIsNew = false
      }
      sum += step
      if (sum < least) {
        least = sum
        leastIsNew = true
      }
      previousMs = launchedMs
    },
    samplesToDistinguish: stepMean > 0 ? DECISIVE / stepMean : Number.POSITIVE_INFINITY,
    // Under the new weights exp(-sum) is, but for the stray samples, a martingale that starts at 1 (Ville's inequality).
    hasSeenOld: () => least <= -SEEN_OLD,
    estimateMs() {
      return sum - least >= DECISIVE ? switchedMs : undefined
    },
  }
}
