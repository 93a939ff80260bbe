import { gate } from '../run/gate.ts'
import { judge } from './judge.ts'
import { type Choice, type Play, type Scenario, startPlay } from './play.ts'
import type { World } from './world.ts'

/** What an exploration went through. */
export type Explored = {
  /** Courses that were played to their end, no two of them the same but for reads that changed places. */
  courses: number
  /** Courses that were given up because what was left of them had been played in another order. */
  cut: number
  /** The states, weights and journal, in which a course ended. */
  ends: Set<string>
  violations: Violation[]
  /** Courses whose beginning went another way when it was played again, because a slow machine let a time limit pass. */
  replayed: number
}

export type Violation = { scenario: string; course: readonly string[]; what: readonly string[] }

/** What happened so far, and what need not happen next because another course begins with it. */
type Branch = { path: readonly string[]; asleep: ReadonlyMap<string, Choice> }

/**
 * Plays a scenario in every order of its calls and events: depth first, each course from the start,
 * since a run cannot be copied half way. Two reads of different parties commute, and so does what
 * touches neither the object nor the same party; of orders that differ in nothing else one is
 * played (sleep sets: Godefroid, Partial-Order Methods for the Verification of Concurrent Systems,
 * 1996, chapter 5). With `reduced` false every order is played.
 */
export async function explore(
  worlds: readonly World[],
  scenario: Scenario,
  { reduced = true } = {},
): Promise<Explored> {
  const found: Explored = { courses: 0, cut: 0, ends: new Set(), violations: [], replayed: 0 }
  const branches: Branch[] = [{ path: [], asleep: new Map() }]
  let busy = 0
  let changed = gate()
  const change = () => {
    changed.open()
    changed = gate()
  }
  const push = (branch: Branch) => {
    branches.push(branch)
    change()
  }
  const lane = async (world: World): Promise<void> => {
    for (;;) {
      const branch = branches.pop()
      if (branch) {
        busy += 1
        await follow(world, scenario, branch, reduced, push, found)
        busy -= 1
        change()
      } else if (busy === 0) return
      else await changed.reached
    }
  }
  await Promise.all(worlds.map(lane))
  return found
}

/** Plays one given course and judges it; where the course ends early, goes on with what comes first. */
export async function replay(
  world: World,
  scenario: Scenario,
  course: readonly string[],
): Promise<{ play: Play; what: string[] }> {
  const play = await startPlay(world, scenario)
  for (let index = 0; ; index += 1) {
    const choices = play.choices()
    if (choices.length === 0) break
    await play.act(named(choices, course[index] ?? choices[0]?.name ?? ''))
  }
  const what = judge(play, scenario)
  await play.close()
  return { play, what }
}

async function follow(
  world: World,
  scenario: Scenario,
  { path, asleep }: Branch,
  reduced: boolean,
  push: (branch: Branch) => void,
  found: Explored,
): Promise<void> {
  const play = await begin(world, scenario, path, found)
  const course = [...path]
  let sleeping = asleep
  for (;;) {
    const choices = play.choices()
    const [first, ...others] = choices.filter(({ name }) => !sleeping.has(name))
    if (!first) {
      if (choices.length > 0) found.cut += 1
      else {
        found.courses += 1
        found.ends.add(endOf(play))
        const what = judge(play, scenario)
        if (what.length > 0) found.violations.push({ scenario: scenario.name, course, what })
      }
      break
    }
    const tried = new Map(sleeping)
    const after = (choice: Choice) =>
      new Map([...tried].filter(([, other]) => reduced && commute(other, choice)))
    sleeping = after(first)
    tried.set(first.name, first)
    for (const other of others) {
      push({ path: [...course, other.name], asleep: after(other) })
      tried.set(other.name, other)
    }
    course.push(first.name)
    await play.act(first)
  }
  await play.close()
}

/** As often the beginning of a course is played until it goes as before. */
const BEGINNINGS = 5

/** Plays the beginning of a course, as it went before. */
async function begin(
  world: World,
  scenario: Scenario,
  path: readonly string[],
  found: Explored,
): Promise<Play> {
  for (let left = BEGINNINGS; ; left -= 1) {
    const play = await startPlay(world, scenario)
    try {
      for (const name of path) await play.act(named(play.choices(), name))
      return play
    } catch (error) {
      if (!(error instanceof OtherCourse) || left === 1) throw error
      found.replayed += 1
      await play.close()
    }
  }
}

/** How the object and the runs ended, but for what differs from course to course in any case. */
function endOf({ history, runs }: Play): string {
  const { weights, journal, rest } = history.at(-1)?.after ?? {}
  const reasons = [...runs.values()].map((run) => run.outcome()?.reason)
  const owner = typeof journal === 'object' ? journal.owner : journal
  const parts = rest?.replace(/"(uid|creationTimestamp)":"[^"]*"/g, '')
  return JSON.stringify([weights, owner, parts, reasons])
}

function commute(one: Choice, other: Choice): boolean {
  if (one.parties.some((party) => other.parties.includes(party))) return false
  const touches = [one.object, other.object]
  return touches.includes('none') || !touches.includes('write')
}

function named(choices: readonly Choice[], name: string): Choice {
  const choice = choices.find((one) => one.name === name)
  if (choice) return choice
  const there = choices.map((one) => one.name).join(', ')
  throw new OtherCourse(`a course cannot be played again: ${name} is not among ${there}`)
}

/** A course that went another way than before. */
class OtherCourse extends Error {}
