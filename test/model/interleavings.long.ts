import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Explored, explore, replay, type Violation } from '../../kit/model/explore.ts'
import type { Scenario } from '../../kit/model/play.ts'
import {
  CANCELLED,
  KILLED,
  OUTLIVED,
  ROLLED_BACK,
  TWO_EDITS,
  TWO_RUNS,
  WITH_EDIT,
} from '../../kit/model/scenarios.ts'
import { startWorld, type World } from '../../kit/model/world.ts'

/** Courses at a time: what a rollback waits for is waited for side by side. */
const LANES = 4

let worlds: World[]
beforeAll(async () => {
  worlds = await Promise.all(Array.from({ length: LANES }, startWorld))
})
afterAll(() => Promise.all(worlds.map((world) => world.stop())))

/** Pairs that have in them a run that passes, one that fails and one in steps. */
const PAIRS: ReadonlySet<string> = new Set([
  'two that pass',
  'one that passes, one that fails',
  'one in steps, one that fails',
])

/** bench/interleavings.ts plays all scenarios; these are of every family the ones that cost little. */
const CHOSEN: Readonly<Record<string, readonly Scenario[]>> = {
  'two runs at once': TWO_RUNS.filter(({ name }) => PAIRS.has(name)),
  'a run and two manual edits': TWO_EDITS.filter(
    ({ name }) => name === 'one that passes; weights, revert',
  ),
  'a run that a later attempt takes for dead': OUTLIVED.filter(({ name }) =>
    /^one that passes, then to 60 one that passes; a later attempt$/.test(name),
  ),
  'a run that is killed, its last write perhaps late': KILLED.filter(({ name }) =>
    /^one that (passes and is killed, post follows|goes back to its last step and is killed, post follows|fails and is killed, no post follows|passes in steps and is killed, no post follows|passes and is killed, no post follows; recreate)$/.test(
      name,
    ),
  ),
  'a run that is cancelled, its last write perhaps late': CANCELLED.filter(({ name }) =>
    /^one that (passes|fails|fails and keeps) and is cancelled$/.test(name),
  ),
  'a run that a person rolls back while it is alive': ROLLED_BACK.filter(({ name }) =>
    /^one that (passes|fails and keeps) and is rolled back$/.test(name),
  ),
}

/** Each scenario is explored once. */
const explored = new Map<Scenario, Promise<Explored>>()

function exploredOnce(scenario: Scenario): Promise<Explored> {
  const exploration = explored.get(scenario) ?? explore(worlds, scenario)
  explored.set(scenario, exploration)
  return exploration
}

describe('in every order of their calls no client writes what is not its own, and each says what happened', () => {
  test.each(Object.entries(CHOSEN))('%s', async (_, scenarios) => {
    expect(scenarios).not.toEqual([])
    const violations: Violation[] = []
    for (const scenario of scenarios) violations.push(...(await exploredOnce(scenario)).violations)
    expect(violations).toEqual([])
  })
})

/** Courses in which a run once did, or said, what it must not: each of a scenario that costs too much to play whole here. */
const ONCE_WRONG: readonly (readonly [what: string, scenario: string, course: string])[] = [
  [
    'a run does not pass while the journal of another run that wrote the same weights is on the object',
    'two that pass with the same weights; apply',
    'A|B|B|B|apply|A|A|A|A|B|B|A',
  ],
  [
    'a run that outlived its journal leaves weights that a later run confirmed, even if it wrote the same ones itself',
    'one that passes, then to 60 one that fails; expiry',
    'B|B|B|expiry|A|A|A|A|A|B|B|B',
  ],
  [
    'a run whose weights a later run restored does not claim to have restored them',
    'one that passes, then to 30 one that fails; expiry',
    'B|B|B|expiry|A|A|A|B|B|A|A',
  ],
  [
    'a rule that is inserted above between the read and the dry run is no obstacle',
    'two that pass; rule above',
    'A|rule above|A|A|A|A|A|B',
  ],
  [
    'an object that is deleted between the dry run and the write was changed by another client',
    'two that pass; delete',
    'A|A|delete|A|A|B',
  ],
]

test.each(ONCE_WRONG)('%s', async (_, name, course) => {
  const [world] = worlds
  const scenario = [...WITH_EDIT, ...OUTLIVED].find((one) => one.name === name)
  if (!world || !scenario) throw new Error('no such scenario')
  const { what } = await replay(world, scenario, course.split('|'))
  expect(what).toEqual([])
})

describe('the exploration', () => {
  test('ends in the same states with reads that change places played once as with every order played', async () => {
    const [scenario] = TWO_RUNS.filter(({ name }) => name === 'one that passes, one that fails')
    if (!scenario) throw new Error('no such scenario')
    const reduced = await exploredOnce(scenario)
    const all = await explore(worlds, scenario, { reduced: false })
    expect(all.courses).toBeGreaterThan(2 * reduced.courses)
    expect([...reduced.ends].sort()).toEqual([...all.ends].sort())
    expect(reduced.ends.size).toBeGreaterThan(2)
  })
})
