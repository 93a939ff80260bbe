import { pause } from '../../kube/pause.ts'
import { endByCause } from '../../split/check/check-end.ts'
import { checkMachine } from '../../split/check/check-machine.ts'
import { diagnose } from '../../split/diagnosis/diagnose.ts'
import type { Diagnosis } from '../../split/diagnosis/diagnosis.ts'
import { sumOf } from '../../split/diagnosis/latest-split.ts'
import { JUDGES, missingDetails } from '../../split/judges.ts'
import { evidenceOf } from '../diagnosis/evidence-of.ts'
import {
  AFTER_NO_REPLY,
  AFTER_OFF_TARGET,
  type Further,
  sampleFurther,
} from '../diagnosis/sample-further.ts'
import type { Attempt, Check } from '../model/check.ts'
import { type CheckTask, rulesOf } from './check-task.ts'
import { withBoundedEvidence } from './evidence.ts'
import { withHealthCourse } from './health-course.ts'
import { lostOf, mergedErrors, type NotedErrors } from './observed-replies.ts'
import { sampleAttempt } from './sample-attempt.ts'
import { type BeforeAttempt, sampleUntilSwitch } from './sample-until-switch.ts'

/** Where a gateway does not switch, there is about one attempt a second until `propagation-timeout`. */
const ATTEMPTS_KEPT = { first: 4, last: 12 }

/**
 * Takes samples until the check is decided, and returns how it ended. The check machine says what to do next, and what
 * the samples mean. `ended` stays undefined where the signal came first.
 */
export async function runCheck(task: CheckTask): Promise<Check> {
  const { nowMs, signal, judges = JUDGES } = task
  const missing = missingDetails(judges, task.source.details)
  if (missing.length > 0) throw new RangeError(`The samples do not show: ${missing.join(', ')}.`)
  const startMs = task.writtenMs ?? nowMs()
  const machine = withHealthCourse(
    checkMachine(rulesOf(task), judges),
    task.check.names.length,
    () => nowMs() - startMs,
  )
  let { check } = task
  for (;;) {
    if (signal.aborted) machine.stop()
    const step = machine.next(nowMs())
    if (step.kind === 'end') {
      check = { ...check, ended: step.ended, ...machine.seen() }
      break
    }
    if (step.kind === 'await-switch')
      check = withBefore(check, await sampleUntilSwitch(task, machine))
    else if (step.kind === 'wait') await pause(step.untilMs - nowMs(), signal)
    else if (step.kind === 'attempt') {
      task.emit({ kind: 'attempt-started', check, number: step.number, place: step.place })
      const { attempt, errors } = await sampleAttempt({ ...task, check }, machine, startMs)
      check = {
        ...withErrors(withAttempt(check, attempt), errors),
        ...machine.seen(),
      }
      const again = !signal.aborted && machine.next(nowMs()).kind !== 'end'
      task.emit({ kind: 'attempt-ended', check, ended: attempt, again })
    }
  }
  check = await concluded({ ...task, check }, sinceStart(startMs, machine.switchedMs()))
  task.emit({ kind: 'check-ended', check })
  return check
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

/** The check with why it did not pass, and when the gateway switched, as far as its samples show it. */
async function concluded(task: CheckTask, switchedMs: number | undefined): Promise<Check> {
  const isRefuted = task.check.ended === 'off-target'
  let check = isRefuted ? await withFurther(task, AFTER_OFF_TARGET) : diagnosed(task)
  if (isLossUnexplained(check.diagnosis))
    check = await withFurther({ ...task, check }, AFTER_NO_REPLY)
  check = { ...check, ended: endByCause(check.ended, check.diagnosis?.cause) }
  return { ...check, propagationMs: hasSwitched(check) ? switchedMs : undefined }
}

async function withFurther(task: CheckTask, further: Further): Promise<Check> {
  const sampled = { ...task.check, further: await sampleFurther(task, further) }
  return diagnosed({ ...task, check: sampled })
}

function diagnosed(task: CheckTask): Check {
  const { check } = task
  return { ...check, diagnosis: check.ended === 'pass' ? undefined : diagnose(evidenceOf(task)) }
}

/** A gateway that stops closes some connections before it refuses the others: the first lost ones do not show that. */
function isLossUnexplained(diagnosis: Diagnosis | undefined): boolean {
  const cause = diagnosis?.cause
  return (
    diagnosis?.ended === 'no-reply' &&
    cause?.kind === 'unanswered' &&
    cause.destination === undefined
  )
}

/** A switch is dated only where the samples show the gateway at the new weights, and no longer at the old ones. */
function hasSwitched({ ended, diagnosis }: Check): boolean {
  return ended === 'pass' || diagnosis?.cause.kind === 'target'
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

function sinceStart(startMs: number, ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.max(0, Math.round(ms - startMs))
}
