import { describe, expect, test } from 'vitest'
import { attemptsOf, evidenceOf } from '../../../src/rollout/diagnosis/evidence-of.ts'
import { keepTry } from '../../../src/rollout/prove.ts'
import { someCheck, someTry } from '../../report/support/run.ts'

/** A check of so many attempts, each with its number as the connections of v2. */
function checkOf(attempts: number) {
  const check = someCheck({ tries: [], ended: 'off-target' })
  for (let number = 1; number <= attempts; number += 1)
    keepTry(check, someTry({ number, counts: [100, number], unclassified: 1, clientLimits: 2 }))
  return check
}

describe('the attempts of a check', () => {
  test('are all there in the order of time, those that are not kept one by one added up', () => {
    const counts = attemptsOf(checkOf(20)).map((one) => one.counts[1])
    const kept = Array.from({ length: 12 }, (_, index) => index + 9)
    expect(counts).toEqual([1, 2, 3, 4, 5 + 6 + 7 + 8, ...kept])
  })

  test('end with the connections after the decision', () => {
    const check = { ...checkOf(2), further: { counts: [5, 7], unclassified: 0 } }
    expect(attemptsOf(check).map((one) => one.counts)).toEqual([
      [100, 1],
      [100, 2],
      [5, 7],
    ])
  })
})

describe('the evidence of a check', () => {
  test('names what the object says only where the run wrote nothing', () => {
    const present = [0.7, 0.3]
    expect(evidenceOf({ check: checkOf(1), alpha: 0.01, present }).present).toBeUndefined()
    const verify = { ...checkOf(1), old: undefined }
    expect(evidenceOf({ check: verify, alpha: 0.01, present }).present).toEqual(present)
  })

  test('counts connections before the write and before the first attempt as made elsewhere', () => {
    const check = { ...checkOf(1), watched: [30, 0] }
    const before = { heard: { counts: [1, 2], unclassified: 0 }, shares: [0.8, 0.2] }
    expect(evidenceOf({ check, alpha: 0.01, before }).elsewhere).toEqual([31, 2])
  })

  test.each([
    ['off-target', 'off-target'],
    ['no-reply', 'no-reply'],
    ['dependent', 'dependent'],
    ['limit-reached', 'connections'],
    [undefined, 'time'],
  ] as const)('has for %s the end %s', (ended, expected) => {
    expect(evidenceOf({ check: { ...checkOf(1), ended }, alpha: 0.01 }).ended).toBe(expected)
  })

  test('takes replies that no expectation matches for the cause where most of the lost ones are such', () => {
    const unknown = someTry({ unclassified: 5, met: { 'unknown reply': 3, refused: 2 } })
    const refused = someTry({ unclassified: 5, met: { 'unknown reply': 2, refused: 3 } })
    const mostly = (one: typeof unknown) =>
      evidenceOf({ check: someCheck({ tries: [one] }), alpha: 0.01 }).mostlyUnknownReplies
    expect(mostly(unknown)).toBe(true)
    expect(mostly(refused)).toBe(false)
  })
})
