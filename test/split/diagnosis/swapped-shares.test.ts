import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sampleIndex, seededRandom } from '../../../sandbox/mesh/random.ts'
import { bestSwap, swapThreshold } from '../../../src/split/diagnosis/swapped-shares.ts'

const ALPHA = 1e-4
const MOST = 100

/** Whether counts show a swap as preflight asks for it. */
function showsSwap(counts: readonly number[], shares: readonly number[], lost = 0): boolean {
  const swap = bestSwap(counts, shares, lost)
  if (swap === undefined) return false
  return swap.fits && swap.logRatio >= swapThreshold(shares, ALPHA)
}

/**
 * The chance that two destinations show a swap at any of up to 100 samples, by the exact distribution of
 * the counts that have shown none so far.
 */
function chanceOfSwap(shares: readonly [number, number], truth: number): number {
  // By the number of replies of the second destination.
  let open = [1]
  let shown = 0
  for (let samples = 1; samples <= MOST; samples += 1) {
    const next = Array<number>(samples + 1).fill(0)
    for (const [second, chance] of open.entries()) {
      next[second] = (next[second] ?? 0) + chance * (1 - truth)
      next[second + 1] = (next[second + 1] ?? 0) + chance * truth
    }
    open = next.map((chance, second) => {
      if (!showsSwap([samples - second, second], shares)) return chance
      shown += chance
      return 0
    })
  }
  return shown
}

describe('a swap of two destinations', () => {
  test.each([0.5, 0.51, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1])(
    'is shown by the right replies of a split of %d in at most 1 of 10,000 runs, computed exactly',
    (share) => {
      expect(chanceOfSwap([share, 1 - share], 1 - share)).toBeLessThanOrEqual(ALPHA)
    },
  )

  test.each([0.7, 0.8, 0.9, 0.99, 1])(
    'is shown by swapped replies of a split of %d in at least 98 of 100 runs',
    (share) => {
      expect(chanceOfSwap([share, 1 - share], share)).toBeGreaterThan(0.98)
    },
  )

  test.each([0.51, 0.8, 0.95, 0.99])(
    'is shown in at most 1 of 10,000 runs where the destination with a share of %d answers nothing, computed exactly',
    (share) => {
      // By the number of replies of the other; the rest is lost.
      let open = [1]
      let shown = 0
      for (let samples = 1; samples <= MOST; samples += 1) {
        const next = Array<number>(samples + 1).fill(0)
        for (const [replies, chance] of open.entries()) {
          next[replies] = (next[replies] ?? 0) + chance * share
          next[replies + 1] = (next[replies + 1] ?? 0) + chance * (1 - share)
        }
        open = next.map((chance, replies) => {
          if (!showsSwap([0, replies], [share, 1 - share], samples - replies)) return chance
          shown += chance
          return 0
        })
      }
      expect(shown).toBeLessThanOrEqual(ALPHA)
    },
  )

  test('is shown despite a few lost connections where the replies outweigh these', () => {
    expect(showsSwap([10, 40], [0.8, 0.2], 3)).toBe(true)
    expect(showsSwap([0, 5], [0.9, 0.1], 47)).toBe(false)
  })

  test('is not shown by one stray reply of a destination without weight, nor by another split', () => {
    expect(showsSwap([0, 1], [1, 0])).toBe(false)
    expect(showsSwap([40, 60], [1, 0])).toBe(false)
    expect(showsSwap([0, 3], [1, 0])).toBe(true)
    expect(showsSwap([1, 8], [0.8, 0.2])).toBe(true)
    expect(showsSwap([8, 1], [0.8, 0.2])).toBe(false)
  })

  test('is none where the weights are alike', () => {
    expect(bestSwap([10, 0], [0.5, 0.5])).toBeUndefined()
  })
})

test.each<[number[]]>([
  [[0.6, 0.3, 0.1]],
  [[1, 0, 0]],
  [[0.4, 0.3, 0.2, 0.1]],
  [[0.9, 0.05, 0.05]],
])(
  'a swap among the shares %j is shown by right replies in at most 1 of 10,000 runs, in 5,000 seeded ones at most 4 times',
  (shares) => {
    const random = seededRandom(5)
    let shown = 0
    for (let run = 0; run < 5000; run += 1) {
      const counts = shares.map(() => 0)
      for (let sample = 0; sample < 25; sample += 1) {
        const index = sampleIndex(shares, random)
        counts[index] = (counts[index] ?? 0) + 1
        // Fewer replies than these cannot show one.
        if (sample > 1 && sample % 3 === 2 && showsSwap(counts, shares)) {
          shown += 1
          break
        }
      }
    }
    // One half is expected at most; more than 4 of a Poisson distribution with that mean come in 1 of 5,000.
    expect(shown).toBeLessThanOrEqual(4)
  },
)

/** Every order of the destinations. */
function orders(indexes: readonly number[]): number[][] {
  if (indexes.length <= 1) return [[...indexes]]
  return indexes.flatMap((first) =>
    orders(indexes.filter((index) => index !== first)).map((rest) => [first, ...rest]),
  )
}

test('the best swap is as likely as the best of all orders, and names where each share belongs', () => {
  const weights = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 4 })
  const counts = fc.array(fc.nat({ max: 20 }), { minLength: 4, maxLength: 4 })
  fc.assert(
    fc.property(weights, counts, (given, seen) => {
      const sum = given.reduce((a, b) => a + b, 0)
      fc.pre(sum > 0)
      const shares = given.map((weight) => weight / sum)
      const k = shares.length
      const logOf = (order: readonly number[]) =>
        order.reduce(
          (total, from, i) =>
            total + (seen[i] ?? 0) * Math.log(0.98 * (shares[from] ?? 0) + 0.02 / k),
          0,
        )
      const own = shares.map((_, index) => index)
      const others = orders(own).filter((order) =>
        order.some((from, i) => shares[from] !== shares[i]),
      )
      const best = bestSwap(seen.slice(0, k), shares)
      if (others.length === 0) return best === undefined
      if (best === undefined) return false
      const most = Math.max(...others.map(logOf))
      expect(best.logRatio).toBeCloseTo(most - logOf(own), 8)
      expect(logOf(best.order)).toBeCloseTo(most, 8)
      return best.perSample < 0
    }),
    { seed: 1, numRuns: 500 },
  )
})
