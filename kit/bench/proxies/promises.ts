import { seededRandom } from '../../split/samples.ts'
import { meanOf, type Seen, seen } from '../split/error-bars.ts'
import { ALPHA, checkOf, type Scenario, type Simulated, simulate } from './simulate.ts'

/** What a scenario promises. */
export type Promised = Scenario & {
  name: string
  promise: 'never passes' | 'rarely passes' | 'rarely fails'
}

/** The least mean sample size of any rule at 20 ± 5 and 99%, from docs/statistics.md, and how much more is promised. */
export const LEAST_MEAN = 808
export const MOST_ABOVE = 1.03

/** A gateway of two replicas that follow a second apart, as docs/statistics.md has it: asked to go from 15 to 5. */
const HOLE = { from: 15, to: 5 }

function both(from: number, then: number, secondMs = 120) {
  return [100, secondMs].map((atMs) => ({ from, then, atMs }))
}

export const SCENARIOS: readonly Promised[] = [
  {
    ...HOLE,
    name: 'two replicas go to 0%, 1 s apart',
    replicas: both(15, 0, 1100),
    promise: 'never passes',
  },
  {
    ...HOLE,
    name: 'one of two goes to 0%, the other stays',
    replicas: both(15, 0, Number.POSITIVE_INFINITY),
    promise: 'never passes',
  },
  {
    ...HOLE,
    name: 'one of two goes to 5%, the other stays',
    replicas: both(15, 5, Number.POSITIVE_INFINITY),
    promise: 'never passes',
  },
  {
    ...HOLE,
    name: 'both go to 5%, 10 s apart',
    replicas: both(15, 5, 10_000),
    promise: 'rarely fails',
  },
  {
    from: 0,
    to: 20,
    tolerance: 5,
    name: 'both go to 20%',
    replicas: both(0, 20),
    promise: 'rarely fails',
  },
  {
    from: 0,
    to: 20,
    tolerance: 5,
    name: 'both hold 20% and draw 25%',
    replicas: both(0, 20),
    drawn: 25,
    promise: 'rarely passes',
  },
  {
    from: 0,
    to: 20,
    tolerance: 5,
    name: 'the same, and Pods change in half of the runs',
    replicas: both(0, 20),
    drawn: 25,
    podsChange: 0.5,
    promise: 'rarely passes',
  },
  {
    from: 0,
    to: 20,
    tolerance: 5,
    name: 'both go to 20%, and Pods change in each run',
    replicas: both(0, 20),
    podsChange: 1,
    promise: 'rarely fails',
  },
]

export type Kept = {
  scenario: Promised
  pass: Seen
  fail: Seen
  meanSamples: number
  meanMs: number
}

export function keptOf(scenario: Promised, runs: number, seed: number): Kept {
  const random = seededRandom(seed)
  const check = checkOf(scenario)
  const all = Array.from({ length: runs }, () => simulate(scenario, check, random))
  const part = (is: (one: Simulated) => boolean) => seen(all.filter(is).length, runs)
  return {
    scenario,
    pass: part(({ ended }) => ended === 'pass'),
    fail: part(({ ended }) => ended !== 'pass' && ended !== 'limit-reached'),
    meanSamples: meanOf(all.map(({ samples }) => samples)),
    meanMs: meanOf(all.map(({ atMs }) => atMs)),
  }
}

/** What breaks a promise even at the near end of the error bars. */
export function brokenBy({
  scenario: { name, promise, to, podsChange },
  pass,
  fail,
  meanSamples,
}: Kept): string[] {
  const broken: string[] = []
  if (promise === 'never passes' && pass.share > 0) broken.push(`${name}: passes`)
  if (promise === 'rarely passes' && pass.low > ALPHA)
    broken.push(`${name}: passes with chance ${pass.low} or more`)
  if (promise === 'rarely fails' && fail.low > ALPHA)
    broken.push(`${name}: fails with chance ${fail.low} or more`)
  const isUsual = promise === 'rarely fails' && to === 20 && podsChange === undefined
  if (isUsual && meanSamples > MOST_ABOVE * LEAST_MEAN)
    broken.push(`${name}: takes ${Math.round(meanSamples)} samples on average`)
  return broken
}
