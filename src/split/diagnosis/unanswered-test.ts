import { TOLERATED } from '../judge/no-reply.ts'
import type { ReplyCounts } from '../judge/unanswered-destinations.ts'
import { logRatio, ratioSteps } from '../numeric/likelihood-ratio.ts'
import { logSumExp } from '../numeric/log-sum-exp.ts'

/** A destination that answers this part of its connections, or more, is not called silent. */
export const ANSWERS = 0.75
/** A larger destination that answers less loses more than `TOLERATED`, which the no-reply test shows. */
export const SMALL = TOLERATED / (1 - ANSWERS)
/** At least this part of a silent destination's connections is among those without a recognized reply. */
const LOST = 0.5
/** The suspected parts that it answers, with what is placed on each. */
const SUSPECTED = [
  { part: 0, weight: 0.8 },
  { part: 0.125, weight: 0.2 },
]

export type UnansweredTest = {
  /**
   * ln of the most evidence that one destination answers too few of its connections; -Infinity where lost ones do not
   * account for its missing answers, as where the gateway sends it nothing.
   */
  logEvidence(seen: ReplyCounts): number
}

/**
 * Looks for a destination with a share so small that its silence stays below the tolerated loss. While each answers at
 * least 3/4 of the connections that its target share gives it, the likelihood ratio of fewer answers is a
 * supermartingale with mean at most 1. The number of small destinations is taken off the evidence, so that it ever
 * reaches 1/a with a chance of at most a.
 */
export function unansweredTest(target: readonly number[]): UnansweredTest {
  const small = target.flatMap((share, destination) =>
    share > 0 && share <= SMALL
      ? [{ share, destination, steps: SUSPECTED.map((one) => stepsOf(share, one)) }]
      : [],
  )
  return {
    logEvidence({ counts, unclassified }) {
      if (small.length === 0 || unclassified === 0) return Number.NEGATIVE_INFINITY
      const samples = counts.reduce((sum, count) => sum + count, unclassified)
      const logs = small.map(({ share, destination, steps }) => {
        if (unclassified < LOST * share * samples) return Number.NEGATIVE_INFINITY
        const answered = counts[destination] ?? 0
        return logSumExp(
          steps.map(({ log, ratio }) => log + logRatio(ratio, answered, samples - answered)),
        )
      })
      return Math.max(...logs) - Math.log(small.length)
    },
  }
}

function stepsOf(share: number, { part, weight }: (typeof SUSPECTED)[number]) {
  return { log: Math.log(weight), ratio: ratioSteps(part * share, ANSWERS * share) }
}
