import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { differsFromModel, sequences } from './support/sequence.ts'
import { startWorld, type World } from './support/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

test('any sequence of runs, deaths, posts, later runs and edits leaves an object that the model allows', async () => {
  const leavesWhatItShould = fc.asyncProperty(sequences, async (actions) => {
    expect(await differsFromModel(world, actions)).toBeUndefined()
  })
  await fc.assert(leavesWhatItShould, { seed: 20260101, numRuns: 50 })
}, 120_000)
