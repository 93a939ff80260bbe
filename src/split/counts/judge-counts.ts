import { bandsOf } from '../judge/band.ts'
import type { Decision } from '../judge/judge.ts'
import type { JudgeRules } from '../judge/judge-rules.ts'
import { offTarget } from '../judge/off-target.ts'
import { openTests, type Tally } from '../judge/open-tests.ts'
import { dependentAt, offTargetAt } from '../judge/thresholds.ts'
import type { CountsSample } from '../sample.ts'
import { startBatches } from './counts-batches.ts'
import { countsGuard } from './counts-guard.ts'
import { overdispersion } from './overdispersion.ts'

/**
 * Nothing passes before a proxy has so many batches of counts: samples that come in groups show in nothing but how much
 * the batches differ.
 */
export const LEAST_BATCHES = 50

export type CountsStanding = {
  /** The doubtful ones included. */
  samples: number
  /** Samples by destination. */
  counts: readonly number[]
  /** Of the proxy that has most. */
  batches: number
  dependent: boolean
  /** Every margin is rejected. */
  isClose: boolean
  decision: Decision | undefined
  /** 0 to 1: how far the evidence has come to the decision nearest to it; 1 when decided. */
  closeness: number
}

/** Judges one attempt by what proxies count. */
export type CountsAttempt = {
  /** Takes what one proxy counted. Returns the decision once there is one; later counts do not change it. */
  observe(sample: CountsSample): Decision | undefined
  standing(): CountsStanding
}

/**
 * The tests are those of single samples: each likelihood ratio depends on the counts alone, and a supermartingale may be
 * looked at as rarely as one likes, so it is looked at when counts come. Draws of proxies with the same weights are one
 * sequence of draws, in whatever order they are read, and users may choose how many there are. What is new is the test of
 * independence, as counts have no order.
 */
export function judgeCounts(rules: JudgeRules): CountsAttempt {
  const bands = bandsOf(rules.target, rules.tolerance)
  const offTargetLevel = offTargetAt(rules)
  const dependenceLevel = dependentAt(rules)
  const evidence = offTarget(bands, rules.old)
  const spread = overdispersion(rules.target)
  const batches = startBatches(spread.observe)
  // Doubtful samples are of no known destination.
  const tally: Tally = { samples: 0, unclassified: 0, counts: rules.target.map(() => 0) }
  const { counts } = tally
  const margins = openTests(rules, bands, tally, countsGuard)
  let decision: Decision | undefined

  /**
   * Samples that come in groups have the evidence of fewer. The more groups fit the batches, the less each sample counts.
   * Where all of a group goes to one destination, the likelihood ratio of its samples to the power of 1 by their number is the
   * one of a single draw. A smaller power is, by Jensen's inequality, a supermartingale too.
   */
  function logOffTarget(): number {
    const all = spread.possibleEffects(dependenceLevel).map((effect) =>
      evidence.leastLogEvidence(
        counts.map((one) => one / effect),
        tally.unclassified / effect,
      ),
    )
    return Math.min(...all)
  }

  function count(sample: CountsSample): void {
    const more = sample.counts.reduce((sum, one) => sum + one, 0)
    const { doubtful = 0 } = sample
    tally.samples += more + doubtful
    tally.unclassified += doubtful
    sample.counts.forEach((one, destination) => {
      counts[destination] = (counts[destination] ?? 0) + one
    })
    batches.observe(sample)
    margins.observe(({ destination }) => {
      const hits = sample.counts[destination] ?? 0
      return { hits, misses: more - hits, doubtful }
    })
  }

  /**
   * Once every margin is rejected, the shares are close enough, and only independence is left to be shown. In the meantime
   * there may be a hundred times as many samples as that took: these would refute any share that is not exactly the target.
   */
  function decide(): Decision | undefined {
    if (spread.logEvidence() >= dependenceLevel) return 'dependent'
    const against = logOffTarget()
    const isClose = margins.areAllRejected() && against < Number.POSITIVE_INFINITY
    if (!isClose) return against >= offTargetLevel ? 'off-target' : undefined
    return batches.most() >= LEAST_BATCHES ? 'pass' : undefined
  }

  function closeness(): number {
    if (decision !== undefined) return 1
    const towardsPass = Math.min(batches.most() / LEAST_BATCHES, margins.progress())
    const towardsOffTarget = logOffTarget() / offTargetLevel
    return Math.min(1, Math.max(0, towardsPass, towardsOffTarget))
  }

  return {
    observe(sample) {
      if (decision === undefined) {
        count(sample)
        decision = decide()
      }
      return decision
    },
    standing: () => ({
      samples: tally.samples,
      counts: [...counts],
      batches: batches.most(),
      dependent: spread.logEvidence() >= dependenceLevel,
      isClose: margins.areAllRejected(),
      decision,
      closeness: closeness(),
    }),
  }
}
