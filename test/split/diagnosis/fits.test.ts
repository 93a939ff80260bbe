import { expect, test } from 'vitest'
import { judgeSamples, sampleFrom, seededRandom, verifyRules } from '../../../kit/split/samples.ts'
import { fits } from '../../../src/split/diagnosis/fits.ts'

test('samples with the previous weights are diagnosed as not propagated', () => {
  expect(fits([0, 35], [0, 1], 0.01)).toBe(true)
  expect(fits([205, 595, 200], [0.2, 0.6, 0.2], 0.01)).toBe(true)
})

test('samples that neither the old nor the new weights explain are not diagnosed as not propagated, even after a few dozen', () => {
  expect(fits([500, 500], [0, 1], 0.01)).toBe(false)
  expect(fits([30, 0], [0.5, 0.5], 0.01)).toBe(false)
  expect(fits([200, 600, 200], [0.2, 0.4, 0.4], 0.01)).toBe(false)
})

test('an attempt that fails because the gateway did not switch is diagnosed differently from one with other weights', () => {
  const random = seededRandom(4)
  const old = [0, 1]
  const rules = verifyRules([0.2, 0.8], 0.05, 0.01, { old })
  const looks = (truth: readonly number[]) => {
    let unpropagated = 0
    for (let run = 0; run < 200; run++) {
      const counts = [0, 0]
      judgeSamples(rules, () => {
        const sample = sampleFrom(truth, random)
        counts[sample] = (counts[sample] ?? 0) + 1
        return sample
      })
      if (fits(counts, old, 0.01)) unpropagated++
    }
    return unpropagated / 200
  }
  expect(looks(old)).toBe(1)
  expect(looks([0.1, 0.9])).toBeLessThan(0.1)
  expect(looks([0.6, 0.4])).toBe(0)
})
