import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Action } from '../../kit/model/object-model.ts'
import type { RunOrder } from '../../kit/model/run-party.ts'
import { differsFromModel, sequences } from '../../kit/model/sequence.ts'
import { startWorld, type World } from '../../kit/model/world.ts'

let world: World
beforeAll(async () => {
  world = await startWorld()
})
afterAll(() => world.stop())

const KEEPS: RunOrder = { weight: 60, ends: 'keep', run: { id: 'one', attempt: 1 } }
const killedWhileKeeping: Action = {
  does: 'run',
  order: KEEPS,
  killed: { at: 4, carriedOut: false },
}
/** Killed when its second write, which records the first step as confirmed, is on its way: stored or not. */
const GOES_BACK: RunOrder = { ...KEEPS, step: 40, ends: 'last-step' }
const killedAtSecondWrite = (carriedOut: boolean): Action => ({
  does: 'run',
  order: GOES_BACK,
  killed: { at: 4, carriedOut },
})
/** Sequences that chance would bring up too seldom. */
const EXAMPLES: [Action[]][] = [
  [[killedWhileKeeping, { does: 'post' }]],
  [[{ does: 'run', order: GOES_BACK }]],
  [[killedAtSecondWrite(false), { does: 'post' }]],
  [[killedAtSecondWrite(true), { does: 'post' }]],
  [[killedAtSecondWrite(false), { does: 'rollback' }]],
  [[killedAtSecondWrite(true), { does: 'rollback' }]],
  [
    [
      killedAtSecondWrite(true),
      { does: 'expire' },
      { does: 'run', order: { ...KEEPS, weight: 30 } },
    ],
  ],
  [[killedWhileKeeping, { does: 'expire' }, { does: 'run', order: { ...KEEPS, weight: 30 } }]],
]

test('any sequence of runs, deaths, posts, later runs and edits leaves an object that the model allows', async () => {
  const leavesWhatItShould = fc.asyncProperty(sequences, async (actions) => {
    expect(await differsFromModel(world, actions)).toBeUndefined()
  })
  await fc.assert(leavesWhatItShould, { seed: 20260101, numRuns: 50, examples: EXAMPLES })
})
