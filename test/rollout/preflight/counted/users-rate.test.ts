import { expect, test } from 'vitest'
import {
  isUsersRateKnown,
  usersRate,
} from '../../../../src/rollout/preflight/counted/users-rate.ts'

test('no sample in ten seconds excludes one a second', () => {
  const { likely, bound } = usersRate({ samples: 0, ms: 10_000 })
  expect(likely).toBe(0)
  expect(bound).toBeGreaterThan(0.9)
  expect(bound).toBeLessThan(1)
})

test('a rate that was seen is never excluded, and not much more than it is possible', () => {
  for (const samples of [1, 10, 100, 1000]) {
    const { likely, bound } = usersRate({ samples, ms: 1000 })
    expect(likely).toBe(samples)
    expect(bound).toBeGreaterThan(samples)
    expect(bound).toBeLessThan(samples + 10 + 6 * Math.sqrt(samples))
  }
})

test('the bound is beyond the rates with which so few are seen in one of 10,000 looks', () => {
  // P(at most 3) where 18 are expected is 1.8e-5; where 12 are, it is 2.3e-3.
  const { bound } = usersRate({ samples: 3, ms: 1000 })
  expect(bound).toBeGreaterThan(12)
  expect(bound).toBeLessThan(20)
})

test('a look ends as soon as there is plenty, or enough to tell', () => {
  const order = { needed: 800, leftMs: 290_000 }
  expect(isUsersRateKnown({ samples: 100, ms: 50 }, order)).toBe(true)
  expect(isUsersRateKnown({ samples: 15, ms: 999 }, order)).toBe(false)
  expect(isUsersRateKnown({ samples: 15, ms: 1000 }, order)).toBe(true)
  expect(isUsersRateKnown({ samples: 3, ms: 1000 }, order)).toBe(false)
})
