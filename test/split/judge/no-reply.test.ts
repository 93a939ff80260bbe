import { expect, test } from 'vitest'
import { logNoReplyEvidence } from '../../../src/split/judge/no-reply.ts'

test('the no-reply evidence is the mean of six likelihood ratios against 1 in 100', () => {
  const expected =
    [0.02, 0.05, 0.1, 0.2, 0.5, 1]
      .map((share) => (share / 0.01) ** 3 * ((1 - share) / 0.99) ** 17)
      .reduce((sum, ratio) => sum + ratio, 0) / 6
  expect(Math.exp(logNoReplyEvidence(20, 3))).toBeCloseTo(expected, 9)
})

test('the mean of the no-reply evidence is 1 where 1 in 100 is lost and less where fewer are', () => {
  const mean = (share: number) => {
    let sum = 0
    for (let outcome = 0; outcome < 2 ** 10; outcome++) {
      const missing = outcome.toString(2).replaceAll('0', '').length
      const probability = share ** missing * (1 - share) ** (10 - missing)
      sum += probability * Math.exp(logNoReplyEvidence(10, missing))
    }
    return sum
  }
  expect(mean(0.01)).toBeCloseTo(1, 9)
  expect(mean(0.005)).toBeLessThan(1)
})

test('only unanswered connections decide within a few connections, and one loss in a hundred does not', () => {
  const needed = Math.log(1 / 0.001)
  let unanswered = 1
  while (logNoReplyEvidence(unanswered, unanswered) < needed) unanswered++
  expect(unanswered).toBe(2)
  for (let samples = 100; samples <= 1_000_000; samples *= 10) {
    expect(logNoReplyEvidence(samples, samples / 100)).toBeLessThan(needed)
    expect(logNoReplyEvidence(samples, 0)).toBeLessThan(0)
  }
})

test('a million lost connections do not overflow', () => {
  expect(logNoReplyEvidence(1_000_000, 1_000_000)).toBeCloseTo(
    1_000_000 * Math.log(100) - Math.log(6),
    3,
  )
})
