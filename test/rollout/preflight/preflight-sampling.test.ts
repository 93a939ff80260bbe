import { describe, expect, test } from 'vitest'
import {
  isEnough,
  unansweredDestinations,
} from '../../../src/rollout/preflight/preflight-sampling.ts'

const WRITES = { least: 1, most: 100 }

describe('connections before the write are enough', () => {
  test.each<[string, number[], number[], number, boolean]>([
    ['with one reply of the only destination with weight', [1, 0], [1, 0], 0, true],
    ['not before a destination that has weight answered', [5, 0], [0.8, 0.2], 0, false],
    ['not with the first replies of both, which may be swapped', [1, 1], [0.8, 0.2], 0, false],
    ['with replies of both that come as the weights say', [5, 1], [0.8, 0.2], 0, true],
    ['with both heard where their weights are alike', [1, 1], [0.5, 0.5], 0, true],
    ['not where one was lost', [5, 1], [0.8, 0.2], 1, false],
    ['with ten of which none was recognized', [0, 0], [0.8, 0.2], 10, true],
    ['not with nine of which none was recognized', [0, 0], [0.8, 0.2], 9, false],
    ['with a destination that is shown to be silent', [44, 0], [0.8, 0.2], 10, true],
    ['not with one that may be silent by chance', [30, 0], [0.8, 0.2], 2, false],
    ['with replies that show a swap', [1, 8], [0.8, 0.2], 0, true],
    ['after 100, whatever they show', [99, 0], [0.99, 0.01], 1, true],
    ['without a destination of which 100 would show nothing', [12, 0], [0.99, 0.01], 0, true],
  ])('%s', (_, counts, shares, unclassified, enough) => {
    expect(isEnough({ counts, unclassified }, { shares, ...WRITES })).toBe(enough)
  })

  test('only with as many as a measurement of time takes', () => {
    const shares = [1, 0]
    const replyCounts = (count: number) => ({ counts: [count, 0], unclassified: 0 })
    expect(isEnough(replyCounts(49), { shares, least: 50, most: 100 })).toBe(false)
    expect(isEnough(replyCounts(50), { shares, least: 50, most: 100 })).toBe(true)
  })
})

describe('a destination with weight that answered nothing', () => {
  test('is shown where that has a chance of at most 1 in 10,000, shared among those with weight', () => {
    const replyCounts = { counts: [34, 0], unclassified: 10 }
    const [unanswered] = unansweredDestinations(replyCounts, [0.8, 0.2])
    expect(unanswered).toMatchObject({ index: 1, shown: false })
    expect(unanswered?.chance).toBeCloseTo(0.8 ** 44, 12)
    const more = { counts: [35, 0], unclassified: 10 }
    expect(unansweredDestinations(more, [0.8, 0.2])).toMatchObject([{ index: 1, shown: true }])
  })

  test('is not mentioned while chance is as likely, nor where it has no weight', () => {
    expect(unansweredDestinations({ counts: [10, 0], unclassified: 0 }, [0.8, 0.2])).toEqual([])
    expect(unansweredDestinations({ counts: [100, 0], unclassified: 0 }, [1, 0])).toEqual([])
  })
})
