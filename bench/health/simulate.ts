import { meanOf, type Seen, seen } from '../../kit/bench/split/error-bars.ts'
import { seededRandom } from '../../kit/split/samples.ts'
import type { Scenario } from './scenario.ts'
import { plannedChecks, type RunEnd, runOnce } from './whole-run.ts'

export type Simulated = {
  scenario: Scenario
  runs: number
  pass: Seen
  /** Fails for health, and fails of the split. */
  unhealthy: Seen
  split: Seen
  /** What must be rare. */
  broken: Seen
  meanSamples: number
}

const SPLIT_FAILS = ['off-target', 'not-propagated', 'no-reply']

export function simulate(scenario: Scenario, mostRuns: number, seed: number): Simulated {
  const runs = Math.max(1, Math.round(mostRuns * scenario.effort))
  const checks = plannedChecks(scenario.world)
  const random = seededRandom(seed)
  const ends = Array.from({ length: runs }, () => runOnce(scenario.world, checks, random))
  const share = (is: (end: RunEnd) => boolean) => seen(ends.filter(is).length, runs)
  const isUnhealthy = ({ ended }: RunEnd) => ended === 'unhealthy'
  const isSplitFail = ({ ended }: RunEnd) => SPLIT_FAILS.includes(ended)
  const isPass = ({ ended }: RunEnd) => ended === 'pass'
  const never = {
    alarm: isUnhealthy,
    'watch alarm': (end: RunEnd) => end.watched && end.ended !== 'pass',
    'any fail': (end: RunEnd) => isUnhealthy(end) || isSplitFail(end),
    pass: isPass,
  }[scenario.never]
  return {
    scenario,
    runs,
    pass: share(isPass),
    unhealthy: share(isUnhealthy),
    split: share(isSplitFail),
    broken: share(never),
    meanSamples: meanOf(ends.map(({ samples }) => samples)),
  }
}

/** A promise counts as broken where even the lower error bar lies beyond it. */
export function brokenBySimulation(all: readonly Simulated[]): string[] {
  return all.flatMap(({ scenario, broken }) => {
    if (broken.low <= scenario.world.alpha) return []
    return [`${scenario.name}: ${scenario.never} with a chance of ${broken.low} or more`]
  })
}
