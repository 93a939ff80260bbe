import { type Shares, SLOW_MS, type World } from './whole-run.ts'

/** What a scenario must not do, with a chance of more than 1 - confidence. */
export type Promise = 'alarm' | 'watch alarm' | 'any fail' | 'pass'

export type Scenario = {
  name: string
  world: World
  /** Which end must be rare. `alarm`: a fail for health. `watch alarm`: any fail after the check has passed. */
  never: Promise
  /** Runs are longer with a watch, so fewer are simulated. */
  effort: number
}

const ALPHA = 0.01
const COMPARE = [{ kind: 'compare' }] as const
const LIMITS = [{ kind: 'compare' }, { kind: 'max-errors', limit: 0.01 }] as const
const LATENCY = [
  { kind: 'compare' },
  { kind: 'max-errors', limit: 0.01 },
  { kind: 'max-latency', limit: 0.01, overMs: SLOW_MS },
] as const

type Base = Partial<World> & { name: string; never: Promise; effort?: number }

function scenario({ name, never, effort = 1, ...world }: Base): Scenario {
  return {
    name,
    never,
    effort,
    world: {
      from: [1, 0],
      steps: [[0.8, 0.2]],
      errorRate: () => 0.01,
      health: unspread(COMPARE),
      alpha: ALPHA,
      samplesPerSecond: 2000,
      ...world,
    },
  }
}

function unspread(questions: World['health']['questions'], watchSeconds = 0): World['health'] {
  return { questions, spanMs: 0, gapMs: 0, watchSeconds }
}

/** Samples of all destinations that a limit of 1% takes at a rate of .25%, and the spacing of those that count. */
function spreadOver(spanMs: number, share: number): World['health'] {
  const samples = 1249 / share
  return { questions: LIMITS, spanMs, gapMs: spanMs / samples, watchSeconds: 0 }
}

const alike = (rate: number) => () => rate

/** The versions err alike, and the weights are exact. */
const EXACT: readonly Scenario[] = [
  scenario({ name: '80/20, no errors', errorRate: alike(0), never: 'any fail' }),
  scenario({ name: '80/20, all err 1%', never: 'any fail' }),
  scenario({ name: '80/20, all err 8%', errorRate: alike(0.08), never: 'any fail' }),
  scenario({
    name: '80/10/10 from 100/0/0, all err 5%',
    from: [1, 0, 0],
    steps: [[0.8, 0.1, 0.1]],
    errorRate: alike(0.05),
    never: 'any fail',
  }),
  scenario({
    name: '70/10/10/10 from 100/0/0/0, all err 5%',
    from: [1, 0, 0, 0],
    steps: [[0.7, 0.1, 0.1, 0.1]],
    errorRate: alike(0.05),
    never: 'any fail',
  }),
  scenario({
    name: '80/20, all err 50% for 50 ms of each 500',
    errorRate: (_, ms) => (ms % 500 < 50 ? 0.5 : 0),
    never: 'any fail',
  }),
  scenario({
    name: '80/20, all err 0.25%, max-errors 1',
    errorRate: alike(0.0025),
    health: unspread(LIMITS),
    never: 'any fail',
  }),
  scenario({
    name: '80/20, all err 0.1% and are slow in 0.1%, max-errors 1, p99',
    errorRate: alike(0.001),
    slowRate: alike(0.001),
    health: unspread(LATENCY),
    never: 'any fail',
  }),
]

/** Shares are off target by less than the tolerance. The split may fail, health may not. */
const OFF_TARGET: readonly Scenario[] = [
  [0.05, 0.08],
  [0.2, 0.245],
].map(([asked = 0, true_ = 0]) =>
  scenario({
    name: `${asked * 100}% asked, ${true_ * 100}% true, all err 5%`,
    steps: [[1 - asked, asked]],
    truth: () => [1 - true_, true_],
    errorRate: alike(0.05),
    never: 'alarm',
    effort: 0.5,
  }),
)

/** Errors of one version cannot be recognized as its own. */
const UNMARKED: readonly Scenario[] = [0, 1].map((which) =>
  scenario({
    name: `80/20, all err 1%, those of the ${which === 0 ? 'old' : 'new'} version without a marker`,
    unmarked: (destination) => (destination === which ? 1 : 0),
    never: 'alarm',
  }),
)

const RAMP: readonly Shares[] = [0.05, 0.1, 0.2, 0.5, 1].map((share) => [1 - share, share])

const WATCHED: readonly Scenario[] = [
  scenario({
    name: 'ramp of five watched steps, all err 1%',
    steps: RAMP,
    health: unspread(COMPARE, 120),
    never: 'any fail',
    effort: 0.3,
  }),
  scenario({
    name: 'ramp of five watched steps, all err 0.25%, max-errors 1',
    steps: RAMP,
    errorRate: alike(0.0025),
    health: unspread(LIMITS, 120),
    never: 'any fail',
    effort: 0.3,
  }),
  scenario({
    name: '80/20 watched for ten minutes, all err 1%',
    health: unspread(COMPARE, 600),
    never: 'any fail',
    effort: 0.3,
  }),
  scenario({
    name: '80/20 watched for ten minutes, 20% asked, 23% true, all err 5%',
    truth: () => [0.77, 0.23],
    errorRate: alike(0.05),
    health: unspread(COMPARE, 600),
    never: 'watch alarm',
    effort: 0.3,
  }),
]

/** A version at its limit, or beyond. */
const BEYOND: readonly Scenario[] = [
  scenario({
    name: '80/20, all err 1%, max-errors 1',
    health: unspread(LIMITS),
    never: 'pass',
  }),
  ...[0.05, 0.2, 0.5, 1].map((part) =>
    scenario({
      name: `95/5, v2 errs 1%, ${part * 100}% of its errors without a marker, max-errors 1`,
      steps: [[0.95, 0.05]],
      errorRate: (destination) => (destination === 1 ? 0.01 : 0),
      unmarked: (destination) => (destination === 1 ? part : 0),
      health: unspread(LIMITS),
      never: 'pass',
      effort: part < 1 ? 0.5 : 0.25,
    }),
  ),
  scenario({
    name: '95/5, v2 errs 20%, all of its errors without a marker, max-errors 1',
    steps: [[0.95, 0.05]],
    errorRate: (destination) => (destination === 1 ? 0.2 : 0),
    unmarked: (destination) => destination,
    health: unspread(LIMITS),
    never: 'pass',
    effort: 0.1,
  }),
  scenario({
    name: '80/20, v2 is slow in 1%, p99',
    errorRate: alike(0),
    slowRate: (destination) => (destination === 1 ? 0.01 : 0),
    health: unspread(LATENCY),
    never: 'pass',
  }),
  scenario({
    name: '80/20, v2 is down for 1 s of each 60, max-errors 1, health-span 60s',
    errorRate: downOneSecond,
    health: spreadOver(60_000, 0.2),
    never: 'pass',
  }),
]

/** At any moment of the run, as the write may fall on any second of the minute. */
function downOneSecond(destination: number, ms: number): number {
  return destination === 1 && (ms + 23_000) % 60_000 < 1000 ? 1 : 0
}

/** Not promised, and shown for comparison: what `health-span` is for. */
export const UNSPREAD: Scenario = scenario({
  name: '80/20, v2 is down for 1 s of each 60, max-errors 1, health-span 0s',
  errorRate: downOneSecond,
  health: unspread(LIMITS),
  never: 'pass',
})

export const SCENARIOS: readonly Scenario[] = [
  ...EXACT,
  ...OFF_TARGET,
  ...UNMARKED,
  ...WATCHED,
  ...BEYOND,
]
