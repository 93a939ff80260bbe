import { describe, expect, test } from 'vitest'
import { countsRates } from '../../../kit/split/counts.ts'
import { verifyRules } from '../../../kit/split/samples.ts'
import { countsJudge } from '../../../src/split/counts/counts-judge.ts'
import { judgeCounts, LEAST_BATCHES } from '../../../src/split/counts/judge-counts.ts'

const FIFTH = verifyRules([0.2, 0.8], 0.05, 0.01)

function counted(proxy: string, ...counts: number[]) {
  return {
    kind: 'counts' as const,
    ...{ proxy, counts, fromMs: 0, toMs: 200, errors: counts.map(() => 0) },
  }
}

describe('an attempt that is judged by counts', () => {
  test('passes at the target, once a proxy has 50 batches', () => {
    const judge = judgeCounts(FIFTH)
    for (let i = 1; i < LEAST_BATCHES; i++)
      expect(judge.observe(counted('demo/a', 20 + (i % 3) - 1, 80))).toBeUndefined()
    expect(judge.standing().closeness).toBeCloseTo(0.98)
    expect(judge.observe(counted('demo/a', 20, 80))).toBe('pass')
    expect(judge.standing()).toMatchObject({ samples: 5000, decision: 'pass', closeness: 1 })
  })

  test('does not count the batches of several proxies together, and joins small ones', () => {
    const judge = judgeCounts(FIFTH)
    for (let i = 0; i < 2 * LEAST_BATCHES; i++) judge.observe(counted(`demo/${i % 4}`, 4, 16))
    expect(judge.standing().batches).toBe(LEAST_BATCHES / 2)
    const single = judgeCounts(FIFTH)
    for (let i = 0; i < 40; i++)
      single.observe(counted('demo/a', i % 5 === 0 ? 1 : 0, i % 5 ? 1 : 0))
    expect(single.standing()).toMatchObject({ samples: 40, batches: 10 })
  })

  /** How many batches of so many samples it takes until all of them at one destination are off target. */
  const batchesToRefute = (...batch: number[]) => {
    const judge = judgeCounts(FIFTH)
    for (let i = 1; i < LEAST_BATCHES; i++)
      if (judge.observe(counted('demo/a', ...batch)) === 'off-target') return i
    throw new Error('it is not refuted')
  }

  test('fails once counts refute the target in every way in which samples may depend on each other', () => {
    // 60 independent samples would do. They may be those of two clients, who always reach the same version.
    expect(batchesToRefute(0, 30)).toBeGreaterThan(10)
    expect(batchesToRefute(0, 30)).toBeLessThan(LEAST_BATCHES)
    expect(batchesToRefute(50, 50)).toBeLessThan(8)
  })

  test('fails by one sample of a destination that is to get nothing, even after its margin is rejected', () => {
    const judge = judgeCounts(verifyRules([0, 1], 0.05, 0.01))
    for (let i = 0; i < 20; i++) judge.observe(counted('demo/a', 0, 100))
    expect(judge.observe(counted('demo/a', 1, 99))).toBe('off-target')
  })

  test('passes a share that is close to the target, although many samples come before the last batch', () => {
    const judge = judgeCounts(FIFTH)
    for (let i = 1; i < LEAST_BATCHES; i++)
      expect(judge.observe(counted('demo/a', 1050, 3950))).toBeUndefined()
    expect(judge.observe(counted('demo/a', 1050, 3950))).toBe('pass')
  })

  test('is dependent where batches differ more than independent samples do', () => {
    const judge = judgeCounts(FIFTH)
    const decisions = Array.from({ length: 40 }, (_, i) =>
      judge.observe(counted('demo/a', i % 2 === 0 ? 30 : 10, i % 2 === 0 ? 70 : 90)),
    )
    expect(decisions.at(-1)).toBe('dependent')
    expect(judge.standing().dependent).toBe(true)
  })

  test('passes only what doubtful samples leave within the tolerance wherever they went', () => {
    const judge = judgeCounts(FIFTH)
    for (let i = 0; i < LEAST_BATCHES; i++)
      judge.observe({ ...counted('demo/a', 17, 73), doubtful: 10 })
    expect(judge.standing()).toMatchObject({ samples: 5000, decision: undefined, isClose: false })
    const few = judgeCounts(FIFTH)
    for (let i = 0; i < LEAST_BATCHES; i++)
      few.observe({ ...counted('demo/a', 20, 80), doubtful: i % 10 === 0 ? 1 : 0 })
    expect(few.standing().decision).toBe('pass')
  })

  test('is at no time closer to a decision than it can be without samples', () => {
    expect(judgeCounts(FIFTH).standing()).toMatchObject({ samples: 0, closeness: 0 })
    expect(judgeCounts(FIFTH).observe(counted('demo/a', 0, 0))).toBeUndefined()
  })
})

describe('of many simulated attempts', () => {
  test.each([
    ['few samples between two readings', { proxies: 2, perReading: 8 }],
    ['many', { proxies: 1, perReading: 40 }],
    [
      'more the farther the counts are from the target',
      {
        proxies: 1,
        perReading: 20,
        next: ([a = 0, b = 0]: readonly number[]) => (a > 0.23 * (a + b) ? 60 : 5),
      },
    ],
  ])('with %s, hardly any passes at a margin, or fails at the target', (_name, traffic) => {
    const at = (share: number, seed: number) => countsRates(FIFTH, { ...traffic, share }, 200, seed)
    // 2 of 200 are promised. With a chance of 1%, more than 6 come once in 200 times; the seeds are fixed.
    expect(at(0.25, 1).pass).toBeLessThan(0.032)
    expect(at(0.15, 2).pass).toBeLessThan(0.032)
    const exact = at(0.2, 3)
    expect(exact['off-target'] + exact.dependent).toBeLessThan(0.032)
    expect(exact.pass).toBeGreaterThan(0.97)
  })

  test('none passes at a margin where samples come in groups of five', () => {
    const traffic = { share: 0.25, proxies: 1, perReading: 20, group: 5 }
    expect(countsRates(FIFTH, traffic, 1000, 4).pass).toBe(0)
  })

  test.each([
    [2, 20],
    [5, 20],
    [20, 200],
  ])(
    'the exact share is dependent, or open, but not off target where samples come in groups of %d',
    (group, perReading) => {
      const traffic = { share: 0.2, proxies: 1, perReading, group }
      expect(countsRates(FIFTH, traffic, 200, 6)['off-target']).toBeLessThan(0.032)
    },
  )
})

test('an attempt by counts ends without a reply where too many connections of the run go unanswered', () => {
  const judge = countsJudge.start(FIFTH)
  const ended = (answered: number, unanswered: number) =>
    judge.observe({ ...counted('demo/a', 20, 80), own: { answered, unanswered } })
  expect(ended(50, 0)).toBeUndefined()
  expect(ended(10, 40)).toBe('no-reply')
  expect(ended(50, 0)).toBe('no-reply')
  expect(judge.state()).toMatchObject({ decision: 'no-reply', closeness: 1 })
})

test('an attempt by counts goes on where 1 in 100 connections of the run goes unanswered', () => {
  const judge = countsJudge.start(FIFTH)
  for (let i = 1; i < LEAST_BATCHES; i++)
    expect(
      judge.observe({ ...counted('demo/a', 20, 80), own: { answered: 99, unanswered: 1 } }),
    ).toBeUndefined()
})
