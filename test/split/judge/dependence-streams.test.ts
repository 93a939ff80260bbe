import { expect, test } from 'vitest'
import { sampleFrom, seededRandom } from '../../../kit/split/samples.ts'
import { dependence } from '../../../src/split/judge/dependence.ts'

const CLIENTS = 64

test('clients that are each pinned to a destination are detected though their samples come in turn', () => {
  const random = seededRandom(1)
  const pinned = Array.from({ length: CLIENTS }, () => sampleFrom([0.8, 0.2], random))
  const together = dependence(2)
  const apart = dependence(2)
  for (let round = 0; round < 4; round++) {
    const turns = pinned.map((destination, client) => ({ destination, client }))
    turns.sort(() => random() - 0.5)
    for (const { destination, client } of turns) {
      together.observe(destination)
      apart.observe(destination, client)
    }
  }
  expect(together.logEvidence()).toBeLessThan(Math.log(100))
  expect(apart.logEvidence()).toBeGreaterThan(Math.log(1e6))
})

test('independent samples of many clients reach 1/alpha in at most alpha of the runs', () => {
  const random = seededRandom(12)
  let reached = 0
  for (let run = 0; run < 400; run++) {
    const seen = dependence(2)
    let isReached = false
    for (let sample = 0; sample < 1000 && !isReached; sample++) {
      seen.observe(sampleFrom([0.2, 0.8], random), sample % CLIENTS)
      isReached = seen.logEvidence() >= Math.log(1 / 0.05)
    }
    reached += isReached ? 1 : 0
  }
  expect(reached).toBeLessThanOrEqual(20)
})
