import type { Rejection } from '../judge/delayed-start.ts'
import type { PassTest } from '../judge/pass-tests.ts'
import { logQuotient } from '../numeric/likelihood-ratio.ts'
import { overshootHits } from './overshoot.ts'
import type { Population } from './population.ts'
import { simulatedGuard } from './simulated-guards.ts'

/** Stands for the infinite weight of a sample that the margin holds impossible. */
const IMPOSSIBLE = 1e200

/** Likelihood ratios below this part of what matters are not summed. */
const NEGLIGIBLE = 0.03

export type SimulatedMargins = {
  /** Rejects the margin tests of the step made last and sums up the ratios. */
  update(population: Population): void
  /** For each attempt, the sum of the likelihood ratios of the margins against the target. */
  sums: Float64Array
  /** The same, each times how far a sample moves its logarithm, as a standard deviation. */
  slopes: Float64Array
}

/**
 * The log-likelihood of a margin against the target is samples x perSample + hits x perHit; where `turned`,
 * hits are the samples of all other destinations.
 */
type Margin = LogLikelihood & {
  destination: number
  share: number
  bit: number
  rejection: Rejection
}

type LogLikelihood = { perSample: number; perHit: number; turned: boolean }

/**
 * The margins of the bands: their margin tests and what they say against the target.
 *
 * @param margin tests of destinations whose share lies strictly between 0 and 1
 * @param matters sums far below this need not be known
 */
export function simulatedMargins(
  tests: readonly PassTest[],
  matters: number,
  population: Population,
  uniform: () => number,
): SimulatedMargins {
  const sums = new Float64Array(population.most)
  const slopes = new Float64Array(population.most)
  const leastLog = Math.log((NEGLIGIBLE * matters) / tests.length)
  const guards = tests.flatMap((one, i) => {
    const guard = simulatedGuard(one, 1 << i, population, uniform)
    return guard === undefined ? [] : [guard]
  })
  const margins = tests.map(
    ({ test, band, rejection, guardedAgainst }, i): Margin => ({
      destination: test.destination,
      share: band.share,
      bit: guardedAgainst === undefined ? 1 << i : 0,
      rejection,
      ...logLikelihood(test.margin, band.share),
    }),
  )

  function updateOne(margin: Margin, here: Population): void {
    const { destination, perSample, perHit, turned, bit } = margin
    const { alive, samples, step, counts, open } = here
    const column = counts[destination] ?? open
    const slope = edgeSlope(margin)
    const toReach = logToReach(margin, samples, step)
    for (let i = 0; i < alive; i++) {
      const count = column[i] ?? 0
      const log = samples * perSample + (turned ? samples - count : count) * perHit
      if (log > leastLog) {
        const ratio = Math.exp(log)
        sums[i] = (sums[i] ?? 0) + ratio
        slopes[i] = (slopes[i] ?? 0) + ratio * slope
      }
      if (log <= toReach) open[i] = (open[i] ?? 0) & ~bit
    }
  }

  return {
    sums,
    slopes,
    update(here) {
      sums.fill(0)
      slopes.fill(0)
      for (const margin of margins) updateOne(margin, here)
      for (const guard of guards) guard(here)
    },
  }
}

function logLikelihood(margin: number, share: number): LogLikelihood {
  if (margin === 0) return { perSample: -Math.log(1 - share), perHit: -IMPOSSIBLE, turned: false }
  if (margin === 1) return { perSample: -Math.log(share), perHit: -IMPOSSIBLE, turned: true }
  const perSample = logQuotient(1 - margin, 1 - share)
  return { perSample, perHit: logQuotient(margin, share) - perSample, turned: false }
}

/** The log-likelihood at and below which the margin test is taken to have rejected by now. */
function logToReach({ share, perHit, rejection }: Margin, samples: number, step: number): number {
  if (samples < rejection.from) return Number.NEGATIVE_INFINITY
  const evaluations = Math.max(1, Math.min(step, samples - rejection.from))
  const perMissedHit = Math.abs(perHit) < IMPOSSIBLE ? Math.abs(perHit) : 0
  return overshootHits(share, evaluations) * perMissedHit - rejection.level
}

/** Where the margin is 0 or 1 its likelihood grows by as much with every sample until it is 0. */
function edgeSlope({ share, perHit }: Margin): number {
  return Math.abs(perHit) < IMPOSSIBLE ? Math.abs(perHit) * Math.sqrt(share * (1 - share)) : 0
}
