import { endByCause } from '../../split/check/check-end.ts'
import { type CheckMachine, checkMachine } from '../../split/check/check-machine.ts'
import { diagnose } from '../../split/diagnosis/diagnose.ts'
import type { Diagnosis } from '../../split/diagnosis/diagnosis.ts'
import { JUDGES, missingDetails } from '../../split/judges.ts'
import { evidenceOf } from '../diagnosis/evidence-of.ts'
import {
  AFTER_NO_REPLY,
  AFTER_OFF_TARGET,
  type Further,
  sampleFurther,
} from '../diagnosis/sample-further.ts'
import type { Check, Watch } from '../model/check.ts'
import { type CheckTask, rulesOf } from './check-task.ts'
import { type Course, followMachine } from './follow-machine.ts'
import { withHealthCourse } from './health-course.ts'
import { withPlaces } from './places-seen.ts'

/** A check that has ended. One that passed can be watched on. */
export type RunCheck = {
  check: Check
  /** Watches the weights of the check, with what was added to it since, for so long. The check then has another end where there was an alarm. */
  watch: (check: Check, forMs: number, signal: AbortSignal) => Promise<Check>
}

/** Takes samples until the check is decided, and returns how it ended. `ended` stays undefined where the signal came first. */
export async function runCheck(task: CheckTask): Promise<Check> {
  return (await startCheck(task)).check
}

/** As `runCheck`, for a check that may be watched afterwards. */
export async function startCheck(task: CheckTask): Promise<RunCheck> {
  const { judges = JUDGES, nowMs } = task
  const missing = missingDetails(judges, task.source.details)
  if (missing.length > 0) throw new RangeError(`The samples do not show: ${missing.join(', ')}.`)
  const startMs = task.writtenMs ?? nowMs()
  const { source } = task
  const destinations = task.check.names.length
  const machine = withPlaces(
    withHealthCourse(checkMachine(rulesOf(task), judges), destinations, () => nowMs() - startMs),
    source.places?.() ?? [],
    { destinations, seesErrors: source.details.has('errors') },
  )
  const followed = await withProxies(task, machine, () => followMachine(task, { machine, startMs }))
  const check = await concluded({ ...task, check: followed })
  const ended = { ...check, propagationMs: propagationOf(check, machine, startMs) }
  task.emit({ kind: 'check-ended', check: ended })
  return {
    check: ended,
    watch: (confirmed, forMs, signal) =>
      watchOn({ ...task, check: confirmed, signal }, { machine, startMs, watchMs: forMs }),
  }
}

/** Follows the proxies while a check waits for them, and tells its machine what they have. */
async function withProxies(
  { proxies, check, emit }: CheckTask,
  machine: CheckMachine,
  course: () => Promise<Check>,
): Promise<Check> {
  if (proxies === undefined) return course()
  proxies.follow(machine.proxies, (now) => emit({ kind: 'proxies', check, now }))
  try {
    const followed = await course()
    return { ...followed, proxies: proxies.seen() }
  } finally {
    proxies.stop()
  }
}

/** Watches weights that are confirmed, and says how that ended. */
async function watchOn(task: CheckTask, course: Required<Course>): Promise<Check> {
  const nowMs = task.nowMs()
  course.machine.watch(nowMs, nowMs + course.watchMs)
  const followed = await followMachine(task, course)
  const { watch } = followed
  // Where time ran out, or the run was cancelled, the weights are still confirmed.
  if (watch === undefined || task.signal.aborted) return { ...followed, ended: task.check.ended }
  const isAlarm = followed.ended !== 'pass'
  const over: Watch = { ...watch, ended: isAlarm ? 'alarm' : 'over' }
  const ended = { ...followed, watch: over }
  const check = isAlarm ? await concluded({ ...task, check: ended }) : ended
  task.emit({ kind: 'watching', check, now: over })
  return check
}

/** The check with why it did not pass. */
async function concluded(task: CheckTask): Promise<Check> {
  const isRefuted = task.check.ended === 'off-target'
  let check = isRefuted ? await withFurther(task, AFTER_OFF_TARGET) : diagnosed(task)
  if (isLossUnexplained(check.diagnosis))
    check = await withFurther({ ...task, check }, AFTER_NO_REPLY)
  return { ...check, ended: endByCause(check.ended, check.diagnosis?.cause) }
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

/** Milliseconds from the write until the slowest proxy had the new weights; where that is not known, by the samples. */
function propagationOf(check: Check, machine: CheckMachine, startMs: number): number | undefined {
  const dated = (check.proxies?.proxies ?? []).flatMap(({ propagationMs = [] }) => propagationMs)
  if (check.proxies?.status === 'confirmed' && dated.length > 0) return Math.max(...dated)
  return switchedAfter(check, machine, startMs)
}

/** Milliseconds from the write to the moment at which the gateway switched; undefined where that is not known. */
function switchedAfter(check: Check, machine: CheckMachine, startMs: number): number | undefined {
  const switchedMs = hasSwitched(check) ? machine.switchedMs() : undefined
  return switchedMs === undefined ? undefined : Math.max(0, Math.round(switchedMs - startMs))
}
