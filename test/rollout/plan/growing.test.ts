import { expect, test } from 'vitest'
import { type Growth, growingIn } from '../../../src/rollout/plan/growing.ts'
import type { Destination } from '../../../src/routes/rule-format.ts'

const DESTINATIONS = ['v1', 'v2', 'v3'].map(
  (subset) => ({ host: 'web', subset, forms: [subset] }) as unknown as Destination,
)

/** A run that moves 80/20/0 to other weights of v2. */
function growth(changes: Partial<Growth> = {}): Growth {
  return {
    edit: {
      destinations: DESTINATIONS,
      names: ['v1', 'v2', 'v3'],
      presentShares: [0.8, 0.2, 0],
    },
    wanted: { kind: 'weight', subset: 'v2', percent: 50 },
    writes: true,
    ...changes,
  }
}

test('a destination grows that has more than before the run, whatever the step before had', () => {
  expect(growingIn(growth(), { target: [0.5, 0.5, 0] })).toEqual([1])
  expect(growingIn(growth(), { target: [0.4, 0.3, 0.3] })).toEqual([1, 2])
  expect(growingIn(growth(), { target: [0.9, 0.1, 0] })).toEqual([0])
})

test('where nothing is written, the destination that weight is for is tested', () => {
  const verify = growth({ writes: false })
  expect(growingIn(verify, { target: [0.5, 0.5, 0] })).toEqual([1])
  // It has no traffic, so that those that have some are tested.
  expect(growingIn(verify, { target: [1, 0, 0] })).toEqual([0])
})

test('where nothing is written and no destination is named, all that have weight are tested', () => {
  const verify = growth({ writes: false, wanted: { kind: 'current' } })
  expect(growingIn(verify, { target: [0.8, 0.2, 0] })).toEqual([0, 1])
})

test('a write that leaves the weights as they are tests what weight is for', () => {
  expect(growingIn(growth(), { target: [0.8, 0.2, 0] })).toEqual([1])
})
