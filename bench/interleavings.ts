/**
 * Plays two runs at once, manual edits, kills and cancels in every order of their calls on the
 * route object, and judges each course; then random sequences of whole runs, deaths and edits
 * against a model. Exits 1 on any violation.
 *
 *   node bench/interleavings.ts [words of a scenario's name]
 *   node bench/interleavings.ts --course 'A|B|...' 'a scenario'    one course, move by move
 *   node bench/interleavings.ts --sequences [seed]                 only the sequences
 */
import fc from 'fast-check'
import { explore, replay } from '../kit/model/explore.ts'
import type { Scenario } from '../kit/model/play.ts'
import {
  CANCELLED,
  KILLED,
  OUTLIVED,
  ROLLED_BACK,
  TWO_EDITS,
  TWO_RUNS,
  WITH_EDIT,
} from '../kit/model/scenarios.ts'
import { differsFromModel, sequences } from '../kit/model/sequence.ts'
import { startWorld } from '../kit/model/world.ts'

const FAMILIES = {
  'two runs': TWO_RUNS,
  'two runs and an edit': WITH_EDIT,
  'a run and two edits': TWO_EDITS,
  'a run that outlives its journal': OUTLIVED,
  'a run that is killed': KILLED,
  'a run that is cancelled': CANCELLED,
  'a run that is rolled back': ROLLED_BACK,
}
/** Courses at a time: most of a course's time is spent waiting. */
const LANES = 8

const [first = '', second = '', third = ''] = process.argv.slice(2)
const print = (text: string) => process.stdout.write(`${text}\n`)

const SEQUENCES = 1000
const SEED = 1

if (first === '--course') await playOne(second.split('|'), third)
else if (first === '--sequences') process.exitCode = await playSequences(Number(second) || SEED)
else {
  const orders = await playAll(first)
  process.exitCode = Math.max(orders, first === '' ? await playSequences(SEED) : 0)
}

async function playAll(words: string): Promise<number> {
  const worlds = await Promise.all(Array.from({ length: LANES }, startWorld))
  const total = { courses: 0, cut: 0, violations: 0, replayed: 0 }
  const startedMs = performance.now()
  for (const [family, scenarios] of Object.entries(FAMILIES)) {
    const chosen = scenarios.filter(({ name }) => `${family}: ${name}`.includes(words))
    for (const scenario of chosen) {
      const { courses, cut, violations, replayed } = await explore(worlds, scenario)
      print(`${courses} courses (${cut} cut short): ${family}: ${scenario.name}`)
      for (const { course, what } of violations.slice(0, 3)) {
        print(`  VIOLATION in ${course.join('|')}`)
        for (const one of what) print(`    ${one}`)
      }
      if (violations.length > 3) print(`  and ${violations.length - 3} more courses that violate`)
      total.courses += courses
      total.cut += cut
      total.violations += violations.length
      total.replayed += replayed
    }
  }
  await Promise.all(worlds.map((world) => world.stop()))
  const seconds = Math.round((performance.now() - startedMs) / 1000)
  const { user, system } = process.cpuUsage()
  print(
    `${total.courses} courses played and judged, ${total.cut} cut short, ${total.violations} violations; ${total.replayed} beginnings played again; ${seconds} s, ${Math.round((user + system) / 1e6)} s of processor time`,
  )
  return total.violations > 0 || total.courses === 0 ? 1 : 0
}

async function playSequences(seed: number): Promise<number> {
  const world = await startWorld()
  let actions = 0
  const isAllowed = fc.asyncProperty(sequences, async (sequence) => {
    const difference = await differsFromModel(world, sequence)
    if (difference) throw new Error(JSON.stringify(difference, null, 1))
    actions += sequence.length
  })
  const run = await fc.check(isAllowed, { seed, numRuns: SEQUENCES })
  await world.stop()
  if (run.failed) print((await fc.asyncDefaultReportMessage(run)) ?? '')
  print(`${run.numRuns} sequences of ${actions} actions (seed ${seed}) against the model`)
  return run.failed ? 1 : 0
}

async function playOne(course: readonly string[], name: string): Promise<void> {
  const scenario = Object.values(FAMILIES)
    .flatMap((scenarios: readonly Scenario[]) => scenarios)
    .find((one) => one.name === name)
  if (!scenario) throw new Error(`no scenario is called ${name}`)
  const world = await startWorld()
  const { play, what } = await replay(world, scenario, course)
  for (const { choice, call, answered, after } of play.history) {
    const { weights, journal } = after ?? {}
    const owner =
      typeof journal === 'object' ? `journal of ${journal.owner}` : (journal ?? 'no object')
    print(
      `${choice}: ${call?.label ?? ''} ${answered ?? ''} -> ${JSON.stringify(weights)}, ${owner}`,
    )
  }
  for (const run of play.runs.values())
    print(`${run.name}: ${run.outcome()?.reason}: ${run.outcome()?.message}`)
  for (const one of what) print(`VIOLATION ${one}`)
  await world.stop()
  process.exitCode = what.length > 0 ? 1 : 0
}
