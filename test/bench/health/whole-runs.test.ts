import { expect, test } from 'vitest'
import type { Scenario } from '../../../bench/health/scenario.ts'
import { SCENARIOS } from '../../../bench/health/scenarios.ts'
import { brokenBySimulation, simulate } from '../../../bench/health/simulate.ts'

/** Those that take few samples; the others are for the bench. */
function named(part: string): Scenario {
  const found = SCENARIOS.find(({ name }) => name.startsWith(part))
  if (found === undefined) throw new RangeError(part)
  return { ...found, effort: 1 }
}

test.each(['80/20, all with 8% errors', '80/10/10', '80/20, all with 50% errors for 50 ms'])(
  '%s: whole runs pass',
  (part) => {
    const simulated = simulate(named(part), 6, 3)
    expect(simulated.pass.share).toBe(1)
    expect(brokenBySimulation([simulated])).toEqual([])
  },
)

test('whole runs pass no version whose error rate is at its limit', () => {
  const simulated = simulate(named('80/20, all with 1% errors, max-errors 1'), 4, 3)
  expect(simulated.pass.share).toBe(0)
})

test('whole runs pass no version whose errors are all without a marker', () => {
  const simulated = simulate(named('95/5, v2 with 20% errors'), 1, 3)
  expect(simulated.pass.share).toBe(0)
})

test('a version that is down for a second of each minute fails where the samples span a minute', () => {
  const simulated = simulate(named('80/20, v2 is down'), 2, 3)
  expect(simulated.unhealthy.share).toBe(1)
})
