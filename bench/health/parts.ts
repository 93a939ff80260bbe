import type { TextTable } from '../../kit/bench/split/text-table.ts'
import { compareRates } from './comparing.ts'
import {
  brokenCosts,
  brokenLimits,
  chancesOf,
  costOf,
  GRID,
  promisesOf,
  QUICK,
  USUAL,
} from './limits.ts'
import { passesRankTest } from './rank-test.ts'
import type { Scenario } from './scenario.ts'
import { BROKEN, SCENARIOS, UNSPREAD } from './scenarios.ts'
import { brokenBySimulation, simulate } from './simulate.ts'
import {
  chancesTable,
  costTable,
  promisesTable,
  TRUE_RATES,
  thresholdsTable,
} from './tables-exact.ts'
import {
  brokenTable,
  comparedTable,
  intervalTable,
  runsTable,
  watchedTable,
} from './tables-simulated.ts'
import { rateThatShows, turnFor } from './watching.ts'

/** What a part of the bench found: tables, by the name of their place in the documents, and promises that are broken. */
export type Found = { tables: ReadonlyMap<string, TextTable>; broken: readonly string[] }

export type Part = (quick: boolean) => Found

const SEED = 2026
const FEW_SAMPLES = 6000
const NEAR_LIMIT = [0, 0.0025, 0.005, 0.006, 0.007, 0.008, 0.01, 0.015, 0.02, 0.05, 0.2]

function found(
  tables: readonly (readonly [string, TextTable])[],
  broken: readonly string[],
): Found {
  return { tables: new Map(tables), broken }
}

function limits(quick: boolean): Found {
  const cells = quick ? QUICK : GRID
  const costs = cells.filter(({ limit }) => limit !== 0.005 && limit !== 0.2).map(costOf)
  const promised = cells.map(promisesOf)
  return found(
    [
      ['health-cost', costTable(costs)],
      ['health-promised', promisesTable(promised)],
      ['health-chances', chancesTable(chancesOf(USUAL, NEAR_LIMIT, FEW_SAMPLES), FEW_SAMPLES)],
    ],
    [...brokenLimits(promised), ...brokenCosts(costs)],
  )
}

function peers(quick: boolean): Found {
  const ranked = [20, 100].map((requestsPerMinute) => ({
    requestsPerMinute,
    passes: TRUE_RATES.map((canary) =>
      passesRankTest({ canary, baseline: 0.005, requestsPerMinute }, quick ? 50 : 1000, SEED),
    ),
  }))
  const chances = chancesOf(USUAL, TRUE_RATES, 200_000)
  return found([['health-peers', thresholdsTable(chances, ranked)]], [])
}

function compare(quick: boolean): Found {
  const ratios = quick ? [5] : [2, 3, 5, 10, 50]
  const all = [0.05, 0.2, 0.5].flatMap((share) =>
    ratios.map((ratio, i) =>
      compareRates({ share, ratio, othersRate: 0.01, alpha: 0.01 }, quick ? 100 : 1000, SEED + i),
    ),
  )
  const broken = all
    .filter(({ errors, known }) => errors > 1.12 * known)
    .map(
      ({ share, ratio }) =>
        `share ${share}, ${ratio} times: takes over 12% more errors than designed`,
    )
  return found([['health-compare', comparedTable(all)]], broken)
}

const MINUTES = [1, 10, 60]
const RATES = [0.015, 0.02, 0.025, 0.03, 0.04, 0.05, 0.07, 0.1, 0.15, 0.2, 0.3, 0.5, 0.75, 1]

function watch(quick: boolean): Found {
  const turned = [0.05, 0.2]
    .flatMap((rate) => [0, 6000, 36_000].map((good) => ({ limit: 0.01, alpha: 0.01, rate, good })))
    .map((turn, i) => turnFor(turn, quick ? 30 : 1000, SEED + i))
  const shown = [0.01, 0.05, 0.2, 0.5].map((share) => ({
    share,
    rates: MINUTES.map((minutes) =>
      rateThatShows(
        { share, limit: 0.01, alpha: 0.01, seconds: 60 * minutes },
        RATES,
        quick ? 20 : 500,
      ),
    ),
  }))
  const broken = turned
    .filter(({ rate, good, watched, machine }) => {
      const most = good > 6000 ? 380 : 343
      return rate === 0.05 && (watched > most || machine > most)
    })
    .map(({ good, watched }) => `after ${good} good samples the alarm takes ${watched} more`)
  return found(
    [
      ['health-watch', watchedTable(turned)],
      ['health-interval', intervalTable(shown, MINUTES)],
    ],
    broken,
  )
}

function runs(quick: boolean): Found {
  const all = SCENARIOS.map((scenario, i) => simulate(scenario, quick ? 60 : 1000, SEED + i))
  const unspread = simulate(UNSPREAD, quick ? 20 : 300, SEED)
  const alarms = BROKEN.map((scenario, i) => simulate(scenario, quick ? 60 : 1000, SEED + i))
  return found(
    [
      ['health-runs', runsTable([...all, unspread])],
      ['health-broken', brokenTable(alarms)],
    ],
    // A comparison passes nothing, so it promises nothing here.
    brokenBySimulation([...all, ...alarms.filter(({ scenario }) => asksLimit(scenario))]),
  )
}

function asksLimit({ world }: Scenario): boolean {
  return world.health.questions.some(({ kind }) => kind !== 'compare')
}

export const PARTS: Readonly<Record<string, Part>> = { limits, peers, compare, watch, runs }
