import { ApiError } from '../../kube/api-error.ts'
import type { ApiCalls, ApiServer } from '../../kube/api-server.ts'
import type { PatchOperation } from '../../kube/json-patch.ts'
import { type Resource, resourcePath } from '../../kube/resources.ts'
import { answeredObject } from '../../routes/object/answered-object.ts'
import {
  guardOperations,
  removeAnnotations,
  setAnnotation,
} from '../../routes/object/object-guards.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { FENCE, JOURNAL } from '../journal.ts'
import { type Found, findObject, oldAnswer } from './find-object.ts'
import type { Freshness } from './freshness.ts'
import { keptJournal, type Owed } from './kept-journal.ts'
import { Held, isConflict, isRefusal, isUnanswered } from './restore-error.ts'
import {
  hasLanded,
  hasStamps,
  isRestored,
  nextStep,
  type Step,
  type StepTask,
} from './restore-step.ts'
import type { FindObstacle, Restored } from './restored.ts'
import {
  CHANGED_BY_WEBHOOK,
  JOURNAL_KEPT_BY_WEBHOOK,
  STAMPS_KEPT_BY_WEBHOOK,
} from './webhook-obstacles.ts'

/** Whose writes to roll back, and how. */
export type RestoreTask = StepTask & {
  api: ApiServer
  resource: Resource
  /** The object that was written. Another one of its name is never touched. */
  uid: string
  /** The object as it was seen last, if it was. It saves a call where no client wrote since. */
  seen: RouteObject | undefined
  /** The highest generation that is known: a read with a lower one is old. */
  generation?: number | undefined
  /** When the object was created, where that is known: a read of one that was created before is old. */
  createdAt?: string | undefined
  blockedBy: FindObstacle
  /** Called once with what keeps it, where it does not succeed at once. */
  onTrouble?: (why: string) => void
}

/** An attempt that failed, with what is known by then. */
export type Failed = {
  error: unknown
  /** What was sent and not answered, so that it may have been stored. */
  attempted: Step | undefined
  /** An object without anything of the run, whose fence was refused. */
  unfenced: RouteObject | undefined
  /** A restore that was stored with other weights, and without the journal. */
  owed: Owed | undefined
}

/** One attempt: the task, what it is done with, and how the attempt before it failed. */
export type Attempt = RestoreTask & {
  calls: ApiCalls
  fresh: Freshness
  signal: AbortSignal
  past: Failed | undefined
}

/** Reads the object once and does what follows from it. */
export async function attemptRestore(attempt: Attempt): Promise<Restored | Failed> {
  const { past } = attempt
  let attempted = past?.attempted
  let unfenced: RouteObject | undefined
  let owed = past?.owed
  try {
    const found = await find(attempt)
    if ('gone' in found) return { kind: 'gone', object: found.gone }
    const { object, byWriter } = found
    if (object.uid !== attempt.uid) return { kind: 'gone', object }
    attempt.fresh.note(object)
    if (attempted && hasLanded(attempted, object)) return endOf(attempted, { object })
    if (owed) return await keepJournal(attempt, object, owed)
    const next = nextStep(attempt, object)
    if (next.operations.length === 0) {
      // A webhook may change what a dry run returns, so nothing is concluded from that alone.
      if (byWriter) throw oldAnswer(attempt.resource)
      return endOf(next, { object })
    }
    const { restores } = next
    const obstacle = restores && (await attempt.blockedBy(object, restores.rule, restores.original))
    if (obstacle !== undefined) throw new Held(object, obstacle)
    if (next.fenced) unfenced = object
    attempted = next
    const taken = await takeStep(attempt, object, next)
    if (taken.kind !== 'owed') return taken
    owed = taken
    return await keepJournal(attempt, taken.object, taken)
  } catch (error) {
    return {
      error,
      // What was certainly refused was not stored, even if another client did the same.
      attempted: isUnanswered(error) || error instanceof Held ? attempted : past?.attempted,
      unfenced: isRefusal(error) ? unfenced : undefined,
      owed,
    }
  }
}

/** The first attempt uses what was seen before. */
async function find(attempt: Attempt): Promise<Found> {
  return attempt.past || !attempt.seen
    ? findObject(attempt, attempt.signal)
    : { object: attempt.seen, byWriter: false }
}

async function takeStep(
  attempt: Attempt,
  object: RouteObject,
  step: Step,
): Promise<Restored | Owed> {
  const answer = await patchObject(attempt, object, step.operations)
  if (step.restores && !isRestored(step.restores, answer))
    return { kind: 'owed', object: answer, restores: step.restores }
  if (!step.fenced) {
    if (JOURNAL in answer.annotations) throw new Held(answer, JOURNAL_KEPT_BY_WEBHOOK)
    if (hasStamps(answer, step.stamps)) throw new Held(answer, STAMPS_KEPT_BY_WEBHOOK)
    const before = attempt.past?.attempted
    const isDone = before?.restores !== undefined && isRestored(before.restores, answer)
    return endOf(isDone ? before : step, { object: answer, found: object })
  }
  // The fence has moved the version, so a late write is refused. The annotation itself is not needed any more.
  const open = removeAnnotations(answer, FENCE)
  const opened = await patchObject(attempt, answer, open)
  return endOf(step, { object: opened, found: object })
}

/** What a step has done that was taken. */
function endOf(
  { kind, back }: Step,
  objects: { object: RouteObject; found?: RouteObject },
): Restored {
  if (kind !== 'restored') return { kind, ...objects }
  return { kind, ...objects, back: back ?? { isStep: false, wasThere: false } }
}

/**
 * The weights are not restored, so the object must carry the journal again: the next rollback or shift needs it.
 * What another client wrote in the meantime stays.
 */
async function keepJournal(attempt: Attempt, object: RouteObject, owed: Owed): Promise<Restored> {
  const kept = keptJournal(owed, object)
  if (kept.kind === 'overwritten') return { kind: 'nothing-of-ours', object }
  if (kept.kind === 'there') return { kind: 'blocked', object, obstacle: CHANGED_BY_WEBHOOK }
  const journaled = await patchObject(attempt, object, setAnnotation(object, JOURNAL, kept.text))
  return { kind: 'blocked', object: journaled, obstacle: CHANGED_BY_WEBHOOK }
}

async function patchObject(
  attempt: Attempt,
  object: RouteObject,
  operations: readonly PatchOperation[],
): Promise<RouteObject> {
  const { calls, resource, uid, fresh, signal } = attempt
  const guarded = [...guardOperations(object), ...operations]
  const path = resourcePath(resource)
  const answer = await calls
    .patch(path, guarded, { dryRun: false }, signal)
    .catch((error: unknown) => {
      if (isConflict(error) || isUnfit(error)) fresh.doubt(object.resourceVersion)
      throw error
    })
  const patched = answeredObject(answer, resource, 'PATCH')
  // As no answer: the next read tells what became of the call.
  if (patched.uid !== uid) throw new ApiError('PATCH', 'PATCH was answered with another object')
  fresh.note(patched)
  return patched
}

/** A patch that does not fit what is stored. The read that it was made from may be old. */
function isUnfit(error: unknown): boolean {
  return error instanceof ApiError && error.status === 422
}
