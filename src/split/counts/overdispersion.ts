import { logBeta } from '../numeric/log-gamma.ts'
import { logSumExp } from '../numeric/log-sum-exp.ts'
import type { Batch } from './counts-batches.ts'

/** Design effects that are suspected: how many times the variance of independent samples a batch has. */
const SUSPECTED = [2, 5, 20, 100]

/** No more than this part of the variance of a share lies between batches. */
const MOST_CORRELATED = 0.9

/** The expected share begins at the target, with the weight of so many samples. */
const PRIOR_SAMPLES = 20

/** Evidence that samples are not independent, although a proxy draws each on its own. */
export type Overdispersion = {
  observe(batch: Batch): void
  logEvidence(): number
  /**
   * The design effects that batches do not refute at this level, 1 among them. A batch of a few samples has no larger one than
   * their number.
   */
  possibleEffects(level: number): number[]
}

/**
 * Compares how much the shares of batches differ with how much those of independent samples do: the mean, over suspected
 * design effects, of the likelihood of all batches by beta-binomial distributions around the share so far, against the
 * likelihood of one constant share, whichever fits best. While samples are independent and have a constant share, whatever
 * it is, the numerator is a likelihood too, and the best share is at least as likely as the true one. So it ever reaches 1/a
 * with a chance of at most a. Of several destinations it is the mean.
 */
export function overdispersion(target: readonly number[]): Overdispersion {
  const uncertain = target.flatMap((share, index) => (share > 0 && share < 1 ? [index] : []))
  // Of two destinations, each is what the other is not.
  const tests = (uncertain.length === 2 ? uncertain.slice(0, 1) : uncertain).map((destination) => ({
    destination,
    test: ofDestination(target[destination] ?? 0),
  }))
  const largest = SUSPECTED.map(() => 0)
  let all = 0
  return {
    observe(batch) {
      const samples = batch.reduce((sum, count) => sum + count, 0)
      all += samples
      SUSPECTED.forEach((effect, i) => {
        const one = 1 + (samples - 1) * correlation(effect, samples)
        largest[i] = (largest[i] ?? 0) + samples * one
      })
      for (const { destination, test } of tests) test.observe(batch[destination] ?? 0, samples)
    },
    logEvidence: () =>
      tests.length === 0
        ? Number.NEGATIVE_INFINITY
        : logSumExp(tests.map(({ test }) => test.logEvidence())) - Math.log(tests.length),
    possibleEffects(level) {
      const open = SUSPECTED.flatMap((effect, i) => {
        const isRefuted = tests.every(({ test }) => test.logAgainst(i) >= level)
        return isRefuted ? [] : [all === 0 ? effect : (largest[i] ?? 0) / all]
      })
      return [1, ...open]
    },
  }
}

function ofDestination(target: number) {
  const logs = SUSPECTED.map(() => 0)
  let independent = 0
  let hits = 0
  let all = 0
  return {
    observe(count: number, samples: number): void {
      if (samples === 0) return
      const expected = (hits + PRIOR_SAMPLES * target) / (all + PRIOR_SAMPLES)
      SUSPECTED.forEach((effect, i) => {
        const correlated = correlation(effect, samples)
        logs[i] = (logs[i] ?? 0) + logBetaBinomial(count, samples, expected, correlated)
      })
      independent += timesLog(count, expected) + timesLog(samples - count, 1 - expected)
      hits += count
      all += samples
    },
    logEvidence() {
      const misses = all - hits
      const constant = timesLog(hits, hits / all) + timesLog(misses, misses / all)
      return logSumExp(logs) - Math.log(SUSPECTED.length) - constant
    },
    /** ln of the evidence against a suspected effect: of independent samples, and less of the others, against it. */
    logAgainst(i: number) {
      const others = logSumExp(logs) - Math.log(SUSPECTED.length)
      return logSumExp([independent, others]) - Math.log(2) - (logs[i] ?? 0)
    },
  }
}

/** The correlation of samples in a batch that has this design effect, or the largest one that is suspected. */
function correlation(effect: number, samples: number): number {
  return samples === 1 ? MOST_CORRELATED : Math.min(MOST_CORRELATED, (effect - 1) / (samples - 1))
}

/** ln of the likelihood of one order of so many hits and misses. */
function logBetaBinomial(hits: number, samples: number, mean: number, correlated: number): number {
  const concentration = (1 - correlated) / correlated
  const [a, b] = [mean * concentration, (1 - mean) * concentration]
  return logBeta(hits + a, samples - hits + b) - logBeta(a, b)
}

function timesLog(count: number, share: number): number {
  return count === 0 ? 0 : count * Math.log(share)
}
