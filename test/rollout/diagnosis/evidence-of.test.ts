import { describe, expect, test } from 'vitest'
import { someAttempt, someCheck } from '../../../kit/report/run.ts'
import { withAttempt } from '../../../src/rollout/check/follow-machine.ts'
import { attemptsOf, evidenceOf, lostIn } from '../../../src/rollout/diagnosis/evidence-of.ts'
import type { Check } from '../../../src/rollout/model/check.ts'

/** A check of so many attempts, each with its number as the connections of v2. */
function checkOf(attempts: number) {
  let check = someCheck({ attempts: [], ended: 'off-target' })
  for (let number = 1; number <= attempts; number += 1)
    check = withAttempt(
      check,
      someAttempt({ number, counts: [100, number], unclassified: 1, clientLimits: 2 }),
    )
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

describe('what the unanswered connections of a diagnosis met', () => {
  const sumOfOutcomes = (check: ReturnType<typeof checkOf>, attemptsBefore: number) =>
    Object.values(lostIn(check, { attemptsBefore }).outcomes).reduce((sum, one) => sum + one, 0)

  test('counts the same connections as the diagnosis, those of attempts that are not kept included', () => {
    let check = someCheck({ attempts: [], ended: 'off-target' })
    for (let number = 1; number <= 20; number += 1)
      check = withAttempt(
        check,
        someAttempt({ number, unclassified: 2, outcomes: { refused: 1, reset: 1 } }),
      )
    const further = { counts: [3, 3], unclassified: 4, outcomes: { refused: 4 }, examples: {} }
    check = { ...check, further }
    expect(sumOfOutcomes(check, 0)).toBe(20 * 2 + 4)
    expect(sumOfOutcomes(check, 5)).toBe(12 * 2 + 4)
  })

  test('is mostly refused connections where more than half of all lost ones were', () => {
    const some = someAttempt({ unclassified: 8, outcomes: { reset: 8 } })
    const further = { counts: [0, 0], unclassified: 9, outcomes: { refused: 9 }, examples: {} }
    const given = (changes: Partial<Check>) =>
      evidenceOf({ check: someCheck({ attempts: [some], ...changes }), alpha: 0.01 }).mostlyRefused
    expect(given({})).toBe(false)
    expect(given({ further })).toBe(true)
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
    const check = { ...checkOf(1), beforeAttempts: [30, 0] }
    const before = { replyCounts: { counts: [1, 2], unclassified: 0 }, shares: [0.8, 0.2] }
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
    const unknown = someAttempt({ unclassified: 5, outcomes: { 'unknown reply': 3, refused: 2 } })
    const refused = someAttempt({ unclassified: 5, outcomes: { 'unknown reply': 2, refused: 3 } })
    const mostly = (one: typeof unknown) =>
      evidenceOf({ check: someCheck({ attempts: [one] }), alpha: 0.01 }).mostlyUnknownReplies
    expect(mostly(unknown)).toBe(true)
    expect(mostly(refused)).toBe(false)
  })
})
