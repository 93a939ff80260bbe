import { expect, test } from 'vitest'
import { exactCourse } from '../../../bench/health/exact.ts'
import {
  brokenCosts,
  brokenLimits,
  costOf,
  promisesOf,
  raceOf,
} from '../../../bench/health/limits.ts'
import { seededRandom } from '../../../kit/split/samples.ts'

test('a limit of 5% at confidence 99 takes 97 samples without an error, where 90 are the least possible', () => {
  const cost = costOf({ limit: 0.05, error: 0.01 })
  expect(cost.fixed).toBe(90)
  expect(cost.means.map(Math.round)).toEqual([97, 140, 243, 743])
  expect(brokenCosts([cost])).toEqual([])
})

test.each([
  { limit: 0.2, error: 0.05 },
  { limit: 0.2, error: 0.01 },
])(
  'a limit of $limit passes and fails wrongly with a chance of at most what is allowed ($error)',
  (cell) => {
    const promised = promisesOf(cell)
    expect(brokenLimits([promised])).toEqual([])
    // It is used, too: a test that hardly ever passes at its limit would take more samples than it has to.
    expect(promised.rates[1]?.pass).toBeGreaterThan(0.8 * cell.error)
  },
)

test('a limit that passes wrongly too often is a broken promise', () => {
  const cell = { limit: 0.05, error: 0.01 }
  const rates = [{ part: 1, pass: 0.011, fail: 0.0046 }]
  expect(brokenLimits([{ cell, rates }])).toHaveLength(2)
})

test('an exact course is that of simulated samples', () => {
  const race = raceOf({ limit: 0.2, error: 0.05 })
  const rate = 0.15
  const course = exactCourse(race, { rate, until: { open: 0, samples: 300 } })
  const random = seededRandom(5)
  const runs = 400
  let passes = 0
  for (let run = 0; run < runs; run++) {
    let events = 0
    for (let n = 1; n <= 300; n++) {
      if (random() < rate) events += 1
      const isPass = race.pass.log(n, events) >= race.pass.level
      if (isPass) passes += 1
      if (isPass || race.fail.log(n, events) >= race.fail.level) break
    }
  }
  const spread = Math.sqrt((course.pass * (1 - course.pass)) / runs)
  expect(Math.abs(passes / runs - course.pass)).toBeLessThan(4 * spread)
  expect(course.pass + course.fail + course.open).toBeCloseTo(1, 9)
})
