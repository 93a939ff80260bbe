import type { Band } from '../judge/band.ts'
import type { PlanRules } from '../judge/judge-rules.ts'
import { passTests } from '../judge/pass-tests.ts'
import { offTargetAt } from '../judge/thresholds.ts'
import { seededUniform } from '../numeric/seeded-uniform.ts'
import { deterministicSampleSize } from './deterministic-sample-size.ts'
import { double, keepOnly, type Population, populationOf, sortBy } from './population.ts'
import { simulatedEvidence } from './simulated-evidence.ts'
import { simulatedMargins } from './simulated-margins.ts'
import { simulatedSampleSizes } from './simulated-sample-sizes.ts'
import { growingSteps } from './simulation-effort.ts'
import type { Survival } from './survival.ts'

/** Any number will do; the same rules are to have the same plan. */
const SEED = 20

/** Part of the attempts at which the computation stops: below the .001 that p999 asks for. */
const UNTIL = 0.0006

export type CourseSize = {
  /** Samples that an attempt takes, about. */
  expectedSampleSize: number
  /** How many attempts to follow. */
  most: number
  seed?: number
}

/**
 * The survival of attempts between any destinations, from simulated attempts that go on side by side. Whenever
 * half of them are decided each of the others goes on twice, at half the weight, so the rare long attempts
 * are known as well as the short ones. Attempts are evaluated after steps that grow with the number of samples;
 * what crossed a line between two evaluations is made up for on average (see overshoot.ts).
 *
 * @param own the destinations whose share lies strictly between 0 and 1
 */
export function simulatedCourse(
  rules: PlanRules,
  bands: readonly Band[],
  own: readonly number[],
  { expectedSampleSize, most, seed = SEED }: CourseSize,
): Survival {
  const attempts = populationOf(most, own.length, 2 * own.length)
  const uniform = seededUniform(seed)
  const { delayedStarts, step, undecided } = simulation(rules, { bands, own }, attempts, uniform)
  const kept = new Int32Array(most)
  const survival: Survival = { samples: [0], undecided: [1] }
  const largest = Math.max(...own.map((i) => bands[i]?.share ?? 0))
  let weight = 1 / most
  while (attempts.alive * weight > UNTIL) {
    const ahead = delayedStarts.filter((start) => start > attempts.samples)
    attempts.step = Math.min(
      growingSteps(attempts.samples, expectedSampleSize),
      ...ahead.map((start) => start - attempts.samples),
    )
    attempts.samples += attempts.step
    step()
    let count = 0
    for (let i = 0; i < attempts.alive; i++) if (undecided(i)) kept[count++] = i
    const last = attempts.counts.at(-1)
    if (last !== undefined)
      sortBy(last, kept, count, {
        middle: attempts.samples * largest,
        reach: 10 * Math.sqrt(attempts.samples),
      })
    keepOnly(attempts, kept, count)
    survival.samples.push(attempts.samples)
    survival.undecided.push(attempts.alive * weight)
    for (; attempts.alive > 0 && attempts.alive <= most / 2; weight /= 2) double(attempts)
  }
  return survival
}

type Simulation = {
  /** Samples from which on a margin test may reject; attempts are evaluated there. */
  delayedStarts: readonly number[]
  /** Makes the samples of a step and evaluates them. */
  step(): void
  undecided(oneAttempt: number): boolean
}

function simulation(
  rules: PlanRules,
  { bands, own }: { bands: readonly Band[]; own: readonly number[] },
  attempts: Population,
  uniform: () => number,
): Simulation {
  const rarestFirst = own.toSorted((a, b) => (bands[a]?.share ?? 0) - (bands[b]?.share ?? 0))
  const ownBands = rarestFirst.flatMap((i) => bands[i] ?? [])
  const guardOld = rules.guardCrossing ? rules.old : undefined
  const toFail = offTargetAt(rules)
  const sample = simulatedSampleSizes(
    ownBands.map(({ share }) => share),
    uniform,
  )
  const tests = passTests(
    ownBands,
    rules.beta,
    guardOld && rarestFirst.map((i) => guardOld[i] ?? 0),
  )
  const margins = simulatedMargins(tests, Math.exp(toFail), attempts, uniform)
  const evidence = simulatedEvidence({ bands, own: rarestFirst, old: rules.old }, toFail, margins)
  const atLeast = deterministicSampleSize(rules)
  return {
    delayedStarts: tests.map(({ rejection }) => rejection.from),
    step() {
      sample(attempts)
      margins.update(attempts)
      evidence.update(attempts)
    },
    undecided: (oneAttempt) =>
      (attempts.open[oneAttempt] !== 0 || attempts.samples < atLeast) &&
      !evidence.fails(oneAttempt),
  }
}
