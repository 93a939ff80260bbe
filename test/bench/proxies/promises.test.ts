import { expect, test } from 'vitest'
import { brokenBy, keptOf, SCENARIOS } from '../../../kit/bench/proxies/promises.ts'

/** Of the 10,000 of npm run bench:proxies. */
const RUNS = 100

test.each(SCENARIOS.map((scenario, index) => ({ ...scenario, seed: index + 1 })))(
  'in simulation, a check that waits for its proxies $promise: $from to $to, $name',
  ({ seed, ...scenario }) => {
    const kept = keptOf(scenario, RUNS, seed)
    expect(brokenBy(kept)).toEqual([])
  },
)
