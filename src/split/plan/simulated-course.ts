import type { Band } from '../judge/band.ts'
import { certainDraws } from '../judge/certain-draws.ts'
import { passFlags } from '../judge/pass-flags.ts'
import { offTargetAt } from '../judge/thresholds.ts'
import type { PlanRules } from '../judge/try-rules.ts'
import { seededUniform } from '../numeric/seeded-uniform.ts'
import { double, keepOnly, type Population, populationOf, sortBy } from './population.ts'
import { simulatedDraws } from './simulated-draws.ts'
import { simulatedEdges } from './simulated-edges.ts'
import { simulatedEvidence } from './simulated-evidence.ts'
import { growingSteps } from './simulation-effort.ts'
import type { Survival } from './survival.ts'

/** Any number will do; the same rules are to have the same plan. */
const SEED = 20

/** Part of the tries at which the computation stops: below the .001 that p999 asks for. */
const UNTIL = 0.0006

/**
 * The survival of tries between any destinations, from simulated tries that go on side by side. Whenever
 * half of them are decided each of the others goes on twice, at half the weight, so the rare long tries
 * are known as well as the short ones. Tries are looked at after steps that grow with the number of draws;
 * what crossed a line between two looks is made up for on average (see overlooked-crossing.ts).
 *
 * @param own the destinations whose share lies strictly between 0 and 1
 * @param usualDraws draws that a try takes, about
 * @param most how many tries to follow
 */
export function simulatedCourse(
  rules: PlanRules,
  bands: readonly Band[],
  own: readonly number[],
  usualDraws: number,
  most: number,
  seed = SEED,
): Survival {
  const tries = populationOf(most, own.length, 2 * own.length)
  const { firstLooks, step, undecided } = simulation(rules, bands, own, tries, seededUniform(seed))
  const kept = new Int32Array(most)
  const survival: Survival = { draws: [0], undecided: [1] }
  const largest = Math.max(...own.map((i) => bands[i]?.share ?? 0))
  let weight = 1 / most
  while (tries.alive * weight > UNTIL) {
    const ahead = firstLooks.filter((look) => look > tries.draws)
    tries.step = Math.min(
      growingSteps(tries.draws, usualDraws),
      ...ahead.map((look) => look - tries.draws),
    )
    tries.draws += tries.step
    step()
    let count = 0
    for (let i = 0; i < tries.alive; i++) if (undecided(i)) kept[count++] = i
    const last = tries.counts.at(-1)
    if (last !== undefined)
      sortBy(last, kept, count, tries.draws * largest, 10 * Math.sqrt(tries.draws))
    keepOnly(tries, kept, count)
    survival.draws.push(tries.draws)
    survival.undecided.push(tries.alive * weight)
    for (; tries.alive > 0 && tries.alive <= most / 2; weight /= 2) double(tries)
  }
  return survival
}

type Simulation = {
  /** Draws from which on a flag may latch; tries are looked at there. */
  firstLooks: readonly number[]
  /** Makes the draws of a step and looks what follows from them. */
  step(): void
  undecided(oneTry: number): boolean
}

function simulation(
  rules: PlanRules,
  bands: readonly Band[],
  own: readonly number[],
  tries: Population,
  uniform: () => number,
): Simulation {
  const rarestFirst = own.toSorted((a, b) => (bands[a]?.share ?? 0) - (bands[b]?.share ?? 0))
  const ownBands = rarestFirst.flatMap((i) => bands[i] ?? [])
  const guardOld = rules.guardCrossing ? rules.old : undefined
  const toFail = offTargetAt(rules)
  const draw = simulatedDraws(
    ownBands.map(({ share }) => share),
    uniform,
  )
  const flags = passFlags(
    ownBands,
    rules.beta,
    guardOld && rarestFirst.map((i) => guardOld[i] ?? 0),
  )
  const edges = simulatedEdges(flags, Math.exp(toFail), tries, uniform)
  const evidence = simulatedEvidence(bands, rarestFirst, rules.old, toFail, edges)
  const atLeast = certainDraws(rules)
  return {
    firstLooks: flags.map(({ latch }) => latch.from),
    step() {
      draw(tries)
      edges.look(tries)
      evidence.look(tries)
    },
    undecided: (oneTry) =>
      (tries.open[oneTry] !== 0 || tries.draws < atLeast) && !evidence.fails(oneTry),
  }
}
