import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { explore, type Violation } from './support/explore.ts'
import type { Scenario } from './support/play.ts'
import { CANCELLED, KILLED, OUTLIVED, TWO_RUNS, WITH_EDIT } from './support/scenarios.ts'
import { startWorld, type World } from './support/world.ts'

/** Courses at a time: what a rollback waits for is waited for side by side. */
const LANES = 6

let worlds: World[]
beforeAll(async () => {
  worlds = await Promise.all(Array.from({ length: LANES }, startWorld))
})
afterAll(() => Promise.all(worlds.map((world) => world.stop())))

/** bench/interleavings.ts plays all scenarios; these are of every family the ones that cost little. */
const CHOSEN: Readonly<Record<string, readonly Scenario[]>> = {
  'two runs at once': TWO_RUNS,
  'two runs and an edit by hand': WITH_EDIT.filter(({ name }) =>
    ['two that pass; weights', 'one that passes, one that fails; delete'].includes(name),
  ),
  'a run that a later attempt takes for dead': OUTLIVED.filter(({ name }) =>
    /^one that (fails|keeps|passes), then to 60 .*; a later attempt$/.test(name),
  ),
  'a run that is killed, its last write perhaps late': KILLED.filter(
    ({ name }) =>
      name.endsWith('follows') || name.endsWith('and is killed, no post follows; prune'),
  ),
  'a run that is cancelled, its last write perhaps late': CANCELLED.filter(({ name }) =>
    name.endsWith('and is cancelled'),
  ),
}

describe('in every order of their calls nobody writes what is not theirs, and each says what happened', () => {
  test.each(Object.entries(CHOSEN))(
    '%s',
    async (_, scenarios) => {
      expect(scenarios).not.toEqual([])
      const violations: Violation[] = []
      for (const scenario of scenarios)
        violations.push(...(await explore(worlds, scenario)).violations)
      expect(violations).toEqual([])
    },
    120_000,
  )
})

describe('the exploration', () => {
  test('ends in the same states with reads that change places played once as with every order played', async () => {
    const [scenario] = TWO_RUNS.filter(({ name }) => name === 'one that passes, one that fails')
    if (!scenario) throw new Error('no such scenario')
    const reduced = await explore(worlds, scenario)
    const all = await explore(worlds, scenario, { reduced: false })
    expect(all.courses).toBeGreaterThan(2 * reduced.courses)
    expect([...reduced.ends].sort()).toEqual([...all.ends].sort())
    expect(reduced.ends.size).toBeGreaterThan(2)
  }, 120_000)
})
