import { meanOf, quantileOf, type Seen, seen } from '../../kit/bench/split/error-bars.ts'
import {
  judgeSamples,
  type Outcome,
  sampleFrom,
  seededRandom,
  verifyRules,
} from '../../kit/split/samples.ts'
import { bandsOf } from '../../src/split/judge/band.ts'
import { planConnections } from '../../src/split/plan/plan-connections.ts'

/** What is asked for of three destinations and more; shares. */
export type SeveralCell = { target: readonly number[]; tolerance: number; error: number }

export type Simulated = {
  cell: SeveralCell
  truth: readonly number[]
  /** On target nothing must fail; with one share at its margin nothing must pass. */
  promise: 'must not fail' | 'must not pass'
  runs: number
  cap: number
  pass: Seen
  fail: Seen
  mean: number
  p90: number
}

export const SEVERAL: readonly SeveralCell[] = [
  { target: [0.8, 0.1, 0.1], tolerance: 0.05, error: 0.01 },
  { target: [0.34, 0.33, 0.33], tolerance: 0.1, error: 0.01 },
  { target: [0.4, 0.3, 0.2, 0.1], tolerance: 0.05, error: 0.05 },
  { target: [0.97, 0.01, 0.01, 0.01], tolerance: 0.01, error: 0.05 },
  { target: [0.999, 0.001], tolerance: 0.001, error: 0.01 },
]

/** The target, and for the first and the last destination a share at either margin with the rest spread. */
export function truthsOfSeveral({ target, tolerance }: SeveralCell): (readonly number[])[] {
  const bands = bandsOf(
    target,
    target.map(() => tolerance),
  )
  const truths: (readonly number[])[] = [target]
  for (const moved of [0, target.length - 1]) {
    const { share = 0, low = 0, high = 1 } = bands[moved] ?? {}
    for (const margin of [low, high]) {
      const rest = (1 - margin) / (1 - share)
      truths.push(target.map((one, i) => (i === moved ? margin : one * rest)))
    }
  }
  return truths
}

/** Attempts of judgeAttempt itself, all its tests included, with the cap that `auto` sets. */
export function simulate(
  cell: SeveralCell,
  truth: readonly number[],
  runs: number,
  seed: number,
): Simulated {
  const rules = verifyRules(cell.target, cell.tolerance, cell.error)
  const cap = planConnections(rules).p999
  const random = seededRandom(seed)
  const outcomes: Outcome[] = Array.from({ length: runs }, () =>
    judgeSamples(rules, () => sampleFrom(truth, random), cap),
  )
  const samples = outcomes.map((outcome) => outcome.samples)
  const count = (wanted: (outcome: Outcome) => boolean) => outcomes.filter(wanted).length
  return {
    cell,
    truth,
    promise: truth === cell.target ? 'must not fail' : 'must not pass',
    runs,
    cap,
    pass: seen(
      count(({ decision }) => decision === 'pass'),
      runs,
    ),
    fail: seen(
      count(({ decision }) => decision !== undefined && decision !== 'pass'),
      runs,
    ),
    mean: meanOf(samples),
    p90: quantileOf(samples, 0.9),
  }
}

/** A promise counts as broken where even the lower error bar lies beyond it. */
export function brokenBySimulation(all: readonly Simulated[]): string[] {
  return all.flatMap(({ cell, truth, promise, pass, fail }) => {
    const part = promise === 'must not pass' ? pass : fail
    if (part.low <= cell.error) return []
    const verb = promise === 'must not pass' ? 'passes' : 'fails'
    return [`target ${cell.target}, truth ${truth}: ${verb} with chance ${part.low} or more`]
  })
}
