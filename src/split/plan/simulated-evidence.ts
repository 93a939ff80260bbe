import type { Band } from '../judge/band.ts'
import { mixtureWeights, PRIOR } from '../judge/off-target.ts'
import { dirichletMultinomial } from '../numeric/dirichlet-multinomial.ts'
import { logQuotient } from '../numeric/likelihood-ratio.ts'
import { overshootDeviations } from './overshoot.ts'
import type { Population } from './population.ts'
import type { SimulatedMargins } from './simulated-margins.ts'

/** How much more than by its deviations the evidence for any shares may be where there are few samples. */
const FEW_SAMPLES = 0.3

/** Stands for the infinite weight of a sample that the previous weights hold impossible. */
const IMPOSSIBLE = 1e200

type SimulatedShares = {
  /** Of all destinations. */
  bands: readonly Band[]
  /** Those whose share lies strictly between 0 and 1, in the population's order. */
  own: readonly number[]
  old: readonly number[] | undefined
}

/**
 * Whether each attempt of a population is off target after the step made last: the evidence of offTarget,
 * with what it gained between two evaluations made up for.
 *
 * @param margins the evidence of the margins of `own`
 */
export function simulatedEvidence(
  { bands, own, old }: SimulatedShares,
  toFail: number,
  margins: Pick<SimulatedMargins, 'sums' | 'slopes'>,
): { update(population: Population): void; fails(oneAttempt: number): boolean } {
  const target = bands.map(({ share }) => share)
  const shares = own.map((i) => target[i] ?? 0)
  const weights = mixtureWeights(old)
  const perMargin = weights.margins / (2 * bands.length)
  const anyShares = dirichletMultinomial(
    target,
    target.map(() => PRIOR),
  )
  const oldSteps = own.map((i) =>
    old === undefined ? 0 : Math.max(-IMPOSSIBLE, logQuotient(old[i] ?? 0, target[i] ?? 0)),
  )
  const oldSlope = deviationOf(oldSteps, shares)
  const half = Math.exp(toFail) / 2
  const logHalf = Math.log(half / weights.anyShares)
  const none = bands.filter(({ share }) => share === 0)
  const filled = target.map(() => 0)
  const squares = new Float64Array(margins.sums.length)
  const least = new Float64Array(margins.sums.length)
  const logOld = new Float64Array(margins.sums.length)
  let here: Population | undefined
  let without = 0
  let expected = 0
  let missed = 0

  function deviations(counts: Float64Array, share: number, oldStep: number, now: Population): void {
    const mean = now.samples * share
    for (let i = 0; i < now.alive; i++) {
      const count = counts[i] ?? 0
      const part = (count - mean) / mean
      squares[i] = (squares[i] ?? 0) + part * part * mean
      if (part < (least[i] ?? 0)) least[i] = part
      logOld[i] = (logOld[i] ?? 0) + count * oldStep
    }
  }

  function logAnyShares(oneAttempt: number, { counts, samples }: Population): number {
    for (const [i, destination] of own.entries()) filled[destination] = counts[i]?.[oneAttempt] ?? 0
    return anyShares(filled, samples)
  }

  return {
    update(population) {
      const { samples, step, counts } = population
      here = population
      // Margins of destinations without a share: one says as much as the target, the other is refuted.
      without = none.reduce((sum, { high }) => sum + 1 + (1 - high) ** samples, 0) * perMargin
      expected = anyShares(
        target.map((share) => samples * share),
        samples,
      )
      missed = overshootDeviations(step)
      squares.fill(0)
      least.fill(0)
      logOld.fill(0)
      for (const [i, column] of counts.entries())
        deviations(column, shares[i] ?? 0, oldSteps[i] ?? 0, population)
    },
    fails(oneAttempt) {
      if (here === undefined) return false
      const squared = squares[oneAttempt] ?? 0
      const before = old === undefined ? 0 : weights.old * Math.exp(logOld[oneAttempt] ?? 0)
      const others = without + perMargin * (margins.sums[oneAttempt] ?? 0) + before
      const othersSlope = perMargin * (margins.slopes[oneAttempt] ?? 0) + before * oldSlope
      const perSample = Math.sqrt(squared / here.samples)
      // x ln x of x = count / mean lies below its expansion to squares, a half more where x < 1.
      const atMost = expected + 0.5 * squared * (1 - (least[oneAttempt] ?? 0)) + FEW_SAMPLES
      // Two halves below the level make no whole; exp(-x) is at least 1 - x.
      const overlooked = missed * Math.max(perSample, others > 0 ? othersSlope / others : 0)
      if (atMost + overlooked < logHalf && others < half * (1 - overlooked)) return false
      const any = weights.anyShares * Math.exp(logAnyShares(oneAttempt, here))
      const slope = (any * perSample + othersSlope) / (any + others)
      return Math.log(any + others) >= toFail - missed * slope
    },
  }
}

/** How far a sample moves the log-likelihood of the previous weights against the target: its standard deviation. */
function deviationOf(steps: readonly number[], shares: readonly number[]): number {
  if (steps.some((step) => step === -IMPOSSIBLE)) return 0
  const mean = steps.reduce((sum, step, i) => sum + step * (shares[i] ?? 0), 0)
  return Math.sqrt(steps.reduce((sum, step, i) => sum + (step - mean) ** 2 * (shares[i] ?? 0), 0))
}
