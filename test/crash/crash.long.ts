import { afterAll, expect, test } from 'vitest'
import { FIRST_WRITE, isWriteName } from '../../kit/crash/calls.ts'
import { exercise } from '../../kit/crash/exercise.ts'
import { judge } from '../../kit/crash/judge.ts'
import { startOutcomes } from '../../kit/crash/outcomes.ts'
import { fewPoints, type Point } from '../../kit/crash/point.ts'
import { type Recording, record } from '../../kit/crash/record.ts'
import { aftermathsOf, SCENARIOS } from '../../kit/crash/scenarios.ts'
import { strikeAll } from '../../kit/crash/strike-all.ts'
import { embeddedWorld } from '../../kit/crash/world.ts'

/** Those of which some writes are struck here; bench/crash.ts strikes all calls of all scenarios in every way. */
const HERE: Readonly<Record<string, 'in each way' | 'once'>> = {
  'a shift to a new destination that fails': 'in each way',
  'a shift that first rolls back an interrupted run': 'once',
  'post after a write that may be on its way': 'once',
  'a rollback while the run lives': 'once',
}

const recordings = new Map<string, Promise<Recording>>()
const outcomes = startOutcomes()
afterAll(() => {
  process.stdout.write(`${outcomes.table()}\n`)
})

test.each(Object.entries(HERE))(
  '%s, struck at its writes %s, leaves the object as it began or as it was asked to be, and says the truth',
  async (name, ways) => {
    const recording = await recordingOf(name)
    expect(recording.calls.some(isWriteName)).toBe(true)
    const points = fewPoints(recording.calls, aftermathsOf(recording.scenario))
    const chosen = onceInEachWay(points.filter(({ call }) => isWriteName(call)))
    const cases = chosen
      .slice(0, ways === 'once' ? 1 : chosen.length)
      .map((point) => ({ recording, point }))
    const before = outcomes.points()
    await strikeAll(cases, 2, embeddedWorld, outcomes)
    expect(outcomes.unclean().join('\n')).toBe('')
    expect(outcomes.points() - before).toBe(cases.length)
  },
  60_000,
)

test('what a killed run leaves is distinguished from a clean end', async () => {
  const recording = await recordingOf('a shift to a new destination that fails')
  const trace = await exercise(
    recording,
    {
      call: FIRST_WRITE,
      moment: 'carried out, not answered',
      blow: 'SIGKILL',
      aftermath: 'post',
    },
    embeddedWorld,
  )
  const judged = judge(trace)
  outcomes.add(trace, judged)
  expect(judged).toEqual({ end: 'as it began', faults: [] })
  expect(judge({ ...trace, end: trace.left }).end).toBe('unclean')
  const unanswered = { ...trace.next, text: '', calls: 0 }
  expect(judge({ ...trace, next: unanswered }).faults).toHaveLength(1)
  expect(judge({ ...trace, tookMs: undefined }).faults).toContain('the call never came')
})

/** Of each moment and signal the first point. */
function onceInEachWay(points: readonly Point[]): Point[] {
  const ways = points.map(({ moment, blow }) => `${blow}, ${moment}`)
  return points.filter((_, index) => ways.indexOf(ways[index] ?? '') === index)
}

/** Each scenario is recorded once. */
function recordingOf(name: string): Promise<Recording> {
  const scenario = SCENARIOS.find((one) => one.name === name)
  if (!scenario) throw new Error(`no scenario ${name}`)
  const recording = recordings.get(name) ?? record(scenario, embeddedWorld)
  recordings.set(name, recording)
  return recording
}
