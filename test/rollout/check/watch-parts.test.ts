import { expect, test } from 'vitest'
import { startParts } from '../../../src/rollout/check/watch-parts.ts'
import { latestSplit } from '../../../src/split/diagnosis/latest-split.ts'

/** Adds so many samples of one destination. */
function add(parts: ReturnType<typeof startParts>, destination: number, samples: number): void {
  for (let i = 0; i < samples; i++)
    parts.add(1, ({ counts }) => {
      counts[destination] = (counts[destination] ?? 0) + 1
    })
}

test('no sample is lost, and there are never many parts', () => {
  const parts = startParts(2)
  expect(parts.sum()).toMatchObject({ counts: [0, 0], unclassified: 0 })
  add(parts, 0, 90_001)
  parts.add(1, (open) => {
    open.unclassified += 1
    open.lost.outcomes.reset = 1
  })
  expect(parts.sum()).toMatchObject({
    counts: [90_001, 0],
    unclassified: 1,
    outcomes: { reset: 1 },
  })
  expect(parts.parts().length).toBeLessThanOrEqual(33)
})

test('a diagnosis finds in the parts when a gateway changed its split', () => {
  const parts = startParts(2)
  add(parts, 0, 6000)
  add(parts, 1, 600)
  const { counts } = latestSplit(parts.parts(), 0.01)
  expect(counts[1]).toBe(600)
  expect(counts[0]).toBeLessThan(500)
})
