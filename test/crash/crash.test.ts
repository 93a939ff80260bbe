import { afterAll, expect, test } from 'vitest'
import { FIRST_WRITE, isWriteName } from '../../kit/crash/calls.ts'
import { exercise } from '../../kit/crash/exercise.ts'
import { judge } from '../../kit/crash/judge.ts'
import { startOutcomes } from '../../kit/crash/outcomes.ts'
import { fewPoints } from '../../kit/crash/point.ts'
import { type Recording, record } from '../../kit/crash/record.ts'
import { aftermathsOf, SCENARIOS } from '../../kit/crash/scenarios.ts'
import { strikeAll } from '../../kit/crash/strike-all.ts'
import { embeddedWorld } from '../../kit/crash/world.ts'

/** Those of which some calls are struck here; bench/crash.ts strikes all calls of all scenarios in every way. */
const HERE: Readonly<Record<string, 'every write' | 'the first write'>> = {
  'a shift to a new destination that fails': 'every write',
  'a shift that first rolls back an interrupted run': 'the first write',
  'post after a write that may be on its way': 'every write',
  'a rollback while the run lives': 'every write',
}

const recordings = new Map<string, Promise<Recording>>()
const outcomes = startOutcomes()
afterAll(() => {
  process.stdout.write(`${outcomes.table()}\n`)
})

test.each(Object.entries(HERE))(
  '%s, struck at %s, leaves the object as it began or as it was asked to be, and says the truth',
  async (name, which) => {
    const recording = await recordingOf(name)
    expect(recording.calls.some(isWriteName)).toBe(true)
    const points = fewPoints(recording.calls, aftermathsOf(recording.scenario))
    const writes = points.filter(({ call }) => isWriteName(call))
    const chosen = writes.filter(({ call }) => which === 'every write' || call === writes[0]?.call)
    const cases = chosen.map((point) => ({ recording, point }))
    const before = outcomes.points()
    await strikeAll(cases, 2, embeddedWorld, outcomes)
    expect(outcomes.unclean().join('\n')).toBe('')
    expect(outcomes.points() - before).toBe(cases.length)
  },
  60_000,
)

test('what a killed run leaves is distinguished from a clean end', async () => {
  const recording = await recordingOf('a shift')
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

/** Each scenario is recorded once. */
function recordingOf(name: string): Promise<Recording> {
  const scenario = SCENARIOS.find((one) => one.name === name)
  if (!scenario) throw new Error(`no scenario ${name}`)
  const recording = recordings.get(name) ?? record(scenario, embeddedWorld)
  recordings.set(name, recording)
  return recording
}
