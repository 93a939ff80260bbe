import { pause } from '../../kube/pause.ts'
import type { AttemptState } from '../../split/check/attempt.ts'
import type { Step } from '../../split/check/step.ts'
import { sumOf } from '../../split/diagnosis/latest-split.ts'
import type { Attempt, Check, Watch } from '../model/check.ts'
import type { CheckTask } from './check-task.ts'
import { withBoundedEvidence } from './evidence.ts'
import type { RecordedMachine } from './health-course.ts'
import { lostOf, mergedErrors, type NotedErrors } from './observed-replies.ts'
import { sampleAttempt } from './sample-attempt.ts'
import { type BeforeAttempt, sampleUntilSwitch } from './sample-until-switch.ts'
import { sampleWatch } from './sample-watch.ts'

/** Where a gateway does not switch, there is about one attempt a second until `propagation-timeout`. */
const ATTEMPTS_KEPT = { first: 4, last: 12 }

/** What decides a check, and when the write was answered, or the check began. */
export type Course = {
  machine: RecordedMachine
  startMs: number
  /** How long confirmed weights are watched; absent: they are not. */
  watchMs?: number
}

/** Does what the machine says until it ends, and returns the check with what was sampled on the way. */
export async function followMachine(task: CheckTask, course: Course): Promise<Check> {
  const { nowMs, signal } = task
  const { machine } = course
  let { check } = task
  for (;;) {
    if (signal.aborted) machine.stop()
    const step = machine.next(nowMs())
    if (step.kind === 'end') return { ...check, ended: step.ended, ...machine.seen() }
    check = { ...(await afterStep({ ...task, check }, course, step)), ...machine.seen() }
  }
}

async function afterStep(
  task: CheckTask,
  course: Course,
  step: Exclude<Step, { kind: 'end' }>,
): Promise<Check> {
  const { check, nowMs, signal } = task
  switch (step.kind) {
    case 'await-switch':
      return withBefore(check, await sampleUntilSwitch(task, course.machine))
    case 'wait':
      await pause(step.untilMs - nowMs(), signal)
      return check
    case 'attempt':
      return attempted(task, course, step)
    case 'read-proxies':
      return readAgain(task, course)
    case 'settle':
      return settled(task, course, step)
    case 'watch':
      return watched(task, course, step)
  }
}

async function attempted(
  task: CheckTask,
  { machine, startMs }: Course,
  { number, place }: Extract<Step, { kind: 'attempt' }>,
): Promise<Check> {
  const { nowMs, signal } = task
  // What an earlier attempt had confirmed no longer holds.
  const before = { ...task.check, settle: undefined }
  task.emit({ kind: 'attempt-started', check: before, number, place })
  const sampled = await sampleAttempt({ ...task, check: before }, machine, startMs)
  const { errors } = sampled
  const next = machine.next(nowMs())
  const attempt = endedByHealth(sampled.attempt, next)
  const check = { ...withErrors(withAttempt(before, attempt), errors), ...machine.seen() }
  const isOver = ['end', 'settle', 'read-proxies'].includes(next.kind)
  const again = !signal.aborted && !isOver
  task.emit({ kind: 'attempt-ended', check, ended: attempt, again })
  return check
}

/** Reads the proxies again after an attempt has passed, which counts only if they are as before. */
async function readAgain({ check, proxies }: CheckTask, { machine }: Course): Promise<Check> {
  machine.proxiesAgain((await proxies?.again(servedIn(check, machine.attempt()))) ?? false)
  return { ...check, proxies: proxies?.seen() }
}

/** How many samples of an attempt the proxies must have served. What they counted themselves shows nothing of others. */
function servedIn({ counted, attempts }: Check, { samples, unclassified }: AttemptState): number {
  return counted === undefined ? samples - unclassified : (attempts.at(-1)?.own?.answered ?? 0)
}

/** An attempt without a decision ends as unhealthy only where a health test failed. */
function endedByHealth(attempt: Attempt, next: Step): Attempt {
  const isEnded = next.kind === 'end' && next.ended === 'unhealthy'
  return isEnded && attempt.decision === undefined ? { ...attempt, failedHealth: true } : attempt
}

/** Samples on, after the split was confirmed, until the limits are decided. */
async function settled(
  task: CheckTask,
  { machine, startMs }: Course,
  { samplesPerSecond }: Extract<Step, { kind: 'settle' }>,
): Promise<Check> {
  const { check, nowMs, emit } = task
  const show = (now: Watch) =>
    emit({ kind: 'settling', check: { ...check, settle: now, ...machine.seen() }, now })
  const order = {
    startMs,
    untilMs: undefined,
    lastsMs: undefined,
    samplesPerSecond,
    onProgress: show,
  }
  const { watch, errors } = await sampleWatch(task, machine, order)
  const next = machine.next(nowMs())
  const now = { ...watch, ended: endOfSettle(next) }
  show(now)
  return withErrors({ ...check, settle: now }, errors)
}

function endOfSettle(next: Step): Watch['ended'] {
  if (next.kind !== 'end' || next.ended === undefined) return undefined
  return next.ended === 'pass' ? 'over' : next.ended === 'health-undecided' ? undefined : 'alarm'
}

/** Watches weights that are confirmed. */
async function watched(
  task: CheckTask,
  { machine, startMs, watchMs }: Course,
  { untilMs, samplesPerSecond }: Extract<Step, { kind: 'watch' }>,
): Promise<Check> {
  const { check, emit } = task
  const order = {
    startMs,
    untilMs,
    lastsMs: watchMs,
    samplesPerSecond: task.ratePerSecond ?? samplesPerSecond,
    onProgress: (now: Watch) =>
      emit({ kind: 'watching', check: { ...check, watch: now, ...machine.seen() }, now }),
  }
  const { watch, errors } = await sampleWatch(task, machine, order)
  return withErrors({ ...check, watch }, errors)
}

/** The check with what came before an attempt, which may have been before others too. */
function withBefore(check: Check, { counts, errors }: BeforeAttempt): Check {
  const beforeAttempts = check.beforeAttempts.map((count, index) => count + (counts[index] ?? 0))
  return withErrors({ ...check, beforeAttempts }, errors)
}

/** The check with the errors of more samples. */
function withErrors(check: Check, errors: NotedErrors): Check {
  const noted = {
    examples: check.errorExamples,
    own: check.ownErrors ?? check.names.map(() => ({})),
  }
  const { examples, own } = mergedErrors(noted, errors)
  return { ...check, errorExamples: examples, ownErrors: own }
}

/** The check with one more attempt. It keeps the first ones and the last ones. */
export function withAttempt(check: Check, attempt: Attempt): Check {
  const { first, last } = ATTEMPTS_KEPT
  const dropped = check.attempts.length < first + last ? undefined : check.attempts[first]
  const both = dropped && [check.leftOut, dropped]
  return {
    ...check,
    attempts: withBoundedEvidence([...check.attempts.filter((one) => one !== dropped), attempt]),
    attemptsLeftOut: check.attemptsLeftOut + (dropped === undefined ? 0 : 1),
    leftOut: both ? { ...sumOf(both), ...lostOf(both) } : check.leftOut,
  }
}
