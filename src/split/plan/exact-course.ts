import type { Band } from '../judge/band.ts'
import type { PlanRules } from '../judge/judge-rules.ts'
import { offTarget } from '../judge/off-target.ts'
import { passTests } from '../judge/pass-tests.ts'
import { offTargetAt } from '../judge/thresholds.ts'
import { cross, emptyLayer, put, spread, trim } from './lattice-layer.ts'
import type { Survival } from './survival.ts'

/** Part of the attempts at which the computation stops: far below the .001 that p999 asks for. */
const UNTIL = 1e-5

/** Whether something holds after so many samples with so many hits. */
type Holds = (samples: number, hits: number) => boolean

/**
 * The survival of attempts between two destinations without a guard, by dynamic programming over (samples,
 * hits of the first of them, margin tests rejected). Of the margin tests that rise with hits only the last to reject
 * counts, and so on the other side; the evidence is convex in hits, so fails lie at either end.
 *
 * @param between the two destinations whose share lies strictly between 0 and 1
 * @param mostSamples where to stop at the latest
 */
export function exactCourse(
  rules: PlanRules,
  bands: readonly Band[],
  [one, other]: readonly [number, number],
  mostSamples: number,
): Survival {
  const share = bands[one]?.share ?? 0
  const { rising, falling } = testsOf(rules, bands, one, other)
  const fails = failsOf(rules, bands, one, other)
  const none = emptyLayer(mostSamples + 2)
  const low = emptyLayer(mostSamples + 2)
  const high = emptyLayer(mostSamples + 2)
  const survival: Survival = { samples: [0], undecided: [1] }
  put(none, 0, 1)
  let undecided = 1
  let nearRising = 1
  let nearFalling = 0
  let failAbove = 1
  let failBelow = 0
  const layers = [none, low, high]
  for (let samples = 1; samples <= mostSamples && undecided > UNTIL; samples++) {
    for (const layer of layers) spread(layer, share)
    const first = Math.min(...layers.map((layer) => layer.first))
    const last = Math.max(...layers.map((layer) => layer.last))
    const reached = (holds: Holds, direction: 1 | -1, near: number) =>
      frontier((hits) => holds(samples, hits), direction, near, { first, last })
    failAbove = reached(fails, 1, failAbove)
    failBelow = reached(fails, -1, failBelow)
    nearRising = reached(rising, 1, nearRising)
    nearFalling = reached(falling, -1, nearFalling)
    for (const layer of layers)
      undecided -= cross(layer, failAbove, 1) + cross(layer, failBelow, -1)
    cross(none, nearRising, 1, low)
    undecided -= cross(high, nearRising, 1)
    cross(none, nearFalling, -1, high)
    undecided -= cross(low, nearFalling, -1)
    for (const layer of layers) trim(layer)
    survival.samples.push(samples)
    survival.undecided.push(Math.max(0, undecided))
  }
  return survival
}

/** Whether all margin tests of a side stand, as functions of the hits of `one`. */
function testsOf(
  { beta }: PlanRules,
  bands: readonly Band[],
  one: number,
  other: number,
): { rising: Holds; falling: Holds } {
  const tests = passTests(bands, beta, undefined)
    .filter(({ test: { destination } }) => destination === one || destination === other)
    .map(({ test: { destination, side, logRatio }, rejection: { from, level } }) => ({
      rises: (side === 'lower') === (destination === one),
      holds: (samples: number, hits: number) =>
        samples >= from && logRatio(samples, destination === one ? hits : samples - hits) >= level,
    }))
  const all = (rises: boolean): Holds => {
    const these = tests.filter((test) => test.rises === rises)
    return (samples, hits) => these.every(({ holds }) => holds(samples, hits))
  }
  return { rising: all(true), falling: all(false) }
}

function failsOf(rules: PlanRules, bands: readonly Band[], one: number, other: number): Holds {
  const evidence = offTarget(bands, rules.old)
  const toFail = offTargetAt(rules)
  const counts = bands.map(() => 0)
  return (samples, hits) => {
    counts[one] = hits
    counts[other] = samples - hits
    return evidence.logEvidence(counts, samples) >= toFail
  }
}

/**
 * The first cell, in this direction, from which on something holds; one sample ago it was near by.
 *
 * @param cells those that hold mass; it is sought among them and their neighbors
 */
function frontier(
  holds: (cell: number) => boolean,
  direction: 1 | -1,
  near: number,
  { first, last }: { first: number; last: number },
): number {
  const within = (cell: number) => cell >= first && cell <= last
  let cell = Math.min(last + 1, Math.max(first - 1, near))
  if (within(cell) && !holds(cell)) {
    do cell += direction
    while (within(cell) && !holds(cell))
    return cell
  }
  // A fail at the other end is beyond cells where nothing holds, and is not reached from here.
  while (within(cell - direction) && holds(cell - direction)) cell -= direction
  return cell
}
