import { afterAll, beforeAll, expect, test } from 'vitest'
import { FIRST_WRITE, isWriteName } from '../../kit/crash/calls.ts'
import { startOutcomes } from '../../kit/crash/outcomes.ts'
import type { Aftermath, Blow, Moment } from '../../kit/crash/point.ts'
import { type Recording, record } from '../../kit/crash/record.ts'
import type { Scenario } from '../../kit/crash/scenario.ts'
import { strikeAll } from '../../kit/crash/strike-all.ts'
import { SURE } from '../../kit/run/run.ts'
import { frontWorld } from './support/front-world.ts'

/** Starts with one destination without a weight, and ends with two. */
const SHIFT: Scenario = {
  name: 'a shift on the real API server',
  world: {},
  inputs: { subset: 'v2', weight: '60', tolerance: '35', confidence: SURE },
  subject: 'action',
  adorned: true,
}

/** Restores the previous weights itself. */
const FAILING: Scenario = {
  ...SHIFT,
  name: 'a shift that fails on the real API server',
  inputs: { ...SHIFT.inputs, connections: '1', 'propagation-timeout': '0s' },
}

const MINUTES_MS = 60_000

let shift: Recording
let failing: Recording
beforeAll(async () => {
  shift = withoutTunnels(await record(SHIFT, frontWorld, 'a later attempt'))
  failing = withoutTunnels(await record(FAILING, frontWorld, 'a later attempt'))
}, MINUTES_MS)

/** A tunnel is a connection that stays open, and no call that is answered. It changes nothing in the cluster. */
function withoutTunnels(recording: Recording): Recording {
  return { ...recording, calls: recording.calls.filter((call) => !/\/portforward\b/.test(call)) }
}

const outcomes = startOutcomes()
afterAll(() => {
  process.stdout.write(`${outcomes.table()}\n`)
})

async function struck(
  recording: Recording,
  calls: readonly string[],
  moment: Moment,
  blow: Blow,
  aftermath: Aftermath,
): Promise<void> {
  const cases = calls.map((call) => ({ recording, point: { call, moment, blow, aftermath } }))
  const before = outcomes.points()
  await strikeAll(cases, 1, frontWorld, outcomes)
  expect(outcomes.unclean().join('\n')).toBe('')
  expect(outcomes.points() - before).toBe(calls.length)
}

test('the runs make the calls at which they are stopped', () => {
  expect(shift.said?.verdict).toBe('pass')
  expect(shift.calls.length).toBeGreaterThanOrEqual(10)
  expect(shift.calls.filter(isWriteName)).toHaveLength(2)
  expect(failing.said?.rolledBack).toBe(true)
  // The restore, and the write that gives the fields back to their previous owners.
  expect(rollbackCalls().filter(isWriteName)).toHaveLength(2)
})

test.each(['before it is sent', 'carried out, not answered', 'answered'] as const)(
  'a run that is killed at any of its calls, %s, is undone by post or had not begun',
  (moment) => struck(shift, shift.calls, moment, 'SIGKILL', 'post'),
  3 * MINUTES_MS,
)

test.each(['before it is sent', 'carried out, not answered', 'answered'] as const)(
  'a run that is killed at any call of its rollback, %s, is undone',
  (moment) => struck(failing, rollbackCalls(), moment, 'SIGKILL', 'post'),
  MINUTES_MS,
)

test.each(['sent, received last of all', 'sent, received before the next write'] as const)(
  'a write of a killed run that is %s does no harm after post',
  (moment) => struck(shift, shift.calls.filter(isWriteName), moment, 'SIGKILL', 'post'),
  MINUTES_MS,
)

test.each(['carried out, not answered', 'sent, received last of all'] as const)(
  'a run that is killed at a write, %s, is undone by a later attempt where no post came',
  (moment) => struck(shift, shift.calls.filter(isWriteName), moment, 'SIGKILL', 'a later attempt'),
  MINUTES_MS,
)

test.each(['before it is sent', 'carried out, not answered', 'answered'] as const)(
  'a run that is cancelled at a write, %s, puts things in order itself',
  (moment) => struck(shift, shift.calls.filter(isWriteName), moment, 'SIGINT', 'post'),
  MINUTES_MS,
)

/** The requests of the failing run after its write. */
function rollbackCalls(): string[] {
  return failing.calls.slice(failing.calls.indexOf(FIRST_WRITE) + 1)
}
