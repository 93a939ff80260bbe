import {
  alike,
  COMPARE,
  LATENCY,
  LIMITS,
  type Scenario,
  scenario,
  spreadOver,
  unspread,
} from './scenario.ts'
import type { Shares } from './whole-run.ts'

/** The versions have the same error rate, and the weights are exact. */
const EXACT: readonly Scenario[] = [
  scenario({ name: '80/20, no errors', errorRate: alike(0), never: 'any fail' }),
  scenario({ name: '80/20, all with 1% errors', never: 'any fail' }),
  scenario({ name: '80/20, all with 8% errors', errorRate: alike(0.08), never: 'any fail' }),
  scenario({
    name: '80/10/10 from 100/0/0, all with 5% errors',
    from: [1, 0, 0],
    steps: [[0.8, 0.1, 0.1]],
    errorRate: alike(0.05),
    never: 'any fail',
  }),
  scenario({
    name: '70/10/10/10 from 100/0/0/0, all with 5% errors',
    from: [1, 0, 0, 0],
    steps: [[0.7, 0.1, 0.1, 0.1]],
    errorRate: alike(0.05),
    never: 'any fail',
  }),
  scenario({
    name: '80/20, all with 50% errors for 50 ms of each 500',
    errorRate: (_, ms) => (ms % 500 < 50 ? 0.5 : 0),
    never: 'any fail',
  }),
  scenario({
    name: '80/20, all with 0.25% errors, max-errors 1',
    errorRate: alike(0.0025),
    health: unspread(LIMITS),
    never: 'any fail',
  }),
  scenario({
    name: '80/20, all with 0.1% errors and are slow in 0.1%, max-errors 1, p99',
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
    name: `${asked * 100}% asked, ${true_ * 100}% true, all with 5% errors`,
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
    name: `80/20, all with 1% errors, those of the ${which === 0 ? 'old' : 'new'} version without a marker`,
    unmarked: (destination) => (destination === which ? 1 : 0),
    never: 'alarm',
  }),
)

const RAMP: readonly Shares[] = [0.05, 0.1, 0.2, 0.5, 1].map((share) => [1 - share, share])

const WATCHED: readonly Scenario[] = [
  scenario({
    name: 'ramp of five watched steps, all with 1% errors',
    steps: RAMP,
    health: unspread(COMPARE, 120),
    never: 'any fail',
    effort: 0.3,
  }),
  scenario({
    name: 'ramp of five watched steps, all with 0.25% errors, max-errors 1',
    steps: RAMP,
    errorRate: alike(0.0025),
    health: unspread(LIMITS, 120),
    never: 'any fail',
    effort: 0.3,
  }),
  scenario({
    name: '80/20 watched for ten minutes, all with 1% errors',
    health: unspread(COMPARE, 600),
    never: 'any fail',
    effort: 0.3,
  }),
  scenario({
    name: '80/20 watched for ten minutes, 20% asked, 23% true, all with 5% errors',
    truth: () => [0.77, 0.23],
    errorRate: alike(0.05),
    health: unspread(COMPARE, 600),
    never: 'watch alarm',
    effort: 0.3,
  }),
]

/** The versions have the same error rate, within the limit, but at the limit itself once the check has passed. */
const AT_LIMIT_LATER: Scenario = scenario({
  name: '80/20 watched for ten minutes, all with 0.1% errors, and 1% from then on, max-errors 1',
  errorRate: (_, ms) => (ms < 30_000 ? 0.001 : 0.01),
  health: unspread(LIMITS, 600),
  never: 'any fail',
  effort: 0.3,
})

/** A version at its limit, or beyond. */
const BEYOND: readonly Scenario[] = [
  scenario({
    name: '80/20, all with 1% errors, max-errors 1',
    health: unspread(LIMITS),
    never: 'pass',
  }),
  ...[0.05, 0.2, 0.5, 1].map((part) =>
    scenario({
      name: `95/5, v2 with 1% errors, ${part * 100}% of its errors without a marker, max-errors 1`,
      steps: [[0.95, 0.05]],
      errorRate: (destination) => (destination === 1 ? 0.01 : 0),
      unmarked: (destination) => (destination === 1 ? part : 0),
      health: unspread(LIMITS),
      never: 'pass',
      effort: part < 1 ? 0.5 : 0.25,
    }),
  ),
  scenario({
    name: '95/5, v2 with 20% errors, all of its errors without a marker, max-errors 1',
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

/** Versions that are clearly broken: how often and how soon whole runs find it. */
export const BROKEN: readonly Scenario[] = [COMPARE, LIMITS].flatMap((questions) =>
  [1, 0.3, 0.05].map((rate) =>
    scenario({
      name: `80/20, v2 with ${rate * 100}% errors, v1 with none${questions === LIMITS ? ', max-errors 1' : ''}`,
      errorRate: (destination) => destination * rate,
      health: unspread(questions),
      never: 'pass',
      effort: 0.5,
    }),
  ),
)

export const SCENARIOS: readonly Scenario[] = [
  ...EXACT,
  ...OFF_TARGET,
  ...UNMARKED,
  ...WATCHED,
  AT_LIMIT_LATER,
  ...BEYOND,
]
