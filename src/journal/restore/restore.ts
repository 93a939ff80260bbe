import { ApiError } from '../../kube/api-error.ts'
import type { ApiCalls, ApiServer } from '../../kube/api-server.ts'
import { GaveUp } from '../../kube/gave-up.ts'
import type { PatchOperation } from '../../kube/json-patch.ts'
import { pause } from '../../kube/pause.ts'
import { type Resource, resourcePath } from '../../kube/resources.ts'
import { answeredObject } from '../../routes/answered-object.ts'
import { guardOperations, removeAnnotations, setAnnotation } from '../../routes/object-guards.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Rule } from '../../routes/rule.ts'
import type { WrittenDestinations } from '../../routes/written-destinations.ts'
import { FENCE, JOURNAL } from '../journal.ts'
import { type Found, lookForRestore, oldAnswer } from './find-object.ts'
import { type Freshness, freshnessOf } from './freshness.ts'
import { keptJournal, type Owed } from './kept-journal.ts'
import { hasLanded, isRestored, nextStep, type Step, type StepTask } from './restore-step.ts'
import { Held, isConflict, isRefusal, isUnanswered, refusalClock } from './restore-trouble.ts'

/** Whose writes are to be undone, and how. */
export type RestoreTask = StepTask & {
  api: ApiServer
  resource: Resource
  /** The object that was written to; another one of its name is never touched. */
  uid: string
  /** The object as last seen, if it was: saves a call where nobody wrote since. */
  seen: RouteObject | undefined
  /** The highest generation that is known of it: a read with a lower one is old. */
  generation?: number | undefined
  /** When it was created, where that is known: a read of one that was created before it is old. */
  createdAt?: string | undefined
  /** Says why the original weights must not come back; undefined where they may. */
  blockedBy: (
    object: RouteObject,
    rule: Rule,
    original: WrittenDestinations,
  ) => Promise<string | undefined>
  /** Told once, where it does not pass at once: what keeps it. */
  onTrouble?: (why: string) => void
}

export type Restored =
  | { kind: 'restored'; object: RouteObject }
  | { kind: 'journal-removed'; object: RouteObject }
  /** Unfenced: the API server refused the fence, so a write that is still on its way may land. */
  | { kind: 'nothing-of-ours'; object: RouteObject; unfenced?: true }
  /** Somebody else edited the entry; only the mark was removed. */
  | { kind: 'changed-by-other'; object: RouteObject }
  /** Deleted, or deleted and recreated as `object`: never written again. */
  | { kind: 'gone'; object?: RouteObject | undefined }
  /**
   * The original weights would move connections to destinations that do not serve, or a webhook changed
   * the restore. The journal is on `object`, unless it could not be written back, which `why` then says.
   */
  | { kind: 'blocked'; object: RouteObject; why: string }

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 1000
/** The attempt at which trouble is told: what passes at once is nobody's concern. */
const TOLD_AT = 3
/** Of one call at the first try: short, as one that hangs may be answered when it is made again. */
const FIRST_LIMIT_MS = 2000
/** At the later ones: it doubles, as an API server that is slow does nothing for who never waits. */
const LONGEST_LIMIT_MS = 10_000

/**
 * Brings the object to where the run has no part in it any more: the original weights back and the
 * journal removed in one patch, where the weights are still those that the run wrote. No single
 * answer ends it: conflicts, refusals, old reads and an API server that fails or hangs are met by
 * another attempt until the signal aborts, or until refusals have lasted for a minute. Then it fails
 * with GaveUp.
 */
export async function restore(order: RestoreTask, signal: AbortSignal): Promise<Restored> {
  const fresh = freshnessOf(order.uid, order.generation ?? order.seen?.generation)
  const lastsTooLong = refusalClock()
  let past: Failed | undefined
  let first: unknown
  for (let attempt = 1; ; attempt += 1) {
    const doubled = 2 ** (attempt - 1)
    const calls = order.api.withAttemptLimit(Math.min(FIRST_LIMIT_MS * doubled, LONGEST_LIMIT_MS))
    const createdAt = order.createdAt ?? order.seen?.createdAt
    const ended = await lookAndAct({ ...order, createdAt, calls, fresh, signal, past })
    if (!('error' in ended)) return ended
    const { error } = ended
    if (!(error instanceof ApiError || error instanceof Held)) throw error
    // What the last whole attempt met tells more than that there was no time for another.
    if (!signal.aborted || past === undefined) past = ended
    first ??= error
    if (lastsTooLong(error)) return giveUp(past, first, attempt)
    if (attempt === TOLD_AT && !signal.aborted)
      order.onTrouble?.(new GaveUp(error, error, 1).message)
    await pause(Math.min(FIRST_PAUSE_MS * doubled, LONGEST_PAUSE_MS), signal)
    if (signal.aborted) return giveUp(past, first, attempt)
  }
}

/** How it ends when its time is over. */
function giveUp({ error, unfenced, owed }: Failed, first: unknown, attempts: number): Restored {
  if (owed) {
    const last = error instanceof Error ? error.message : String(error)
    const why = `${CHANGED}, and the journal, which that write removed, could not be written back (${last})`
    return { kind: 'blocked', object: owed.object, why }
  }
  if (error instanceof Held) return { kind: 'blocked', object: error.object, why: error.why }
  // The object carries nothing of the run, so a fence that is refused leaves nothing to restore.
  if (unfenced) return { kind: 'nothing-of-ours', object: unfenced, unfenced: true }
  throw new GaveUp(first, error, attempts)
}

/** An attempt that came to nothing, with what is known by then. */
type Failed = {
  error: unknown
  /** What was sent and not answered, so that it may have landed. */
  attempted: Step | undefined
  /** An object without anything of the run, whose fence was refused. */
  unfenced: RouteObject | undefined
  /** A restore that was stored with other weights, and without the journal. */
  owed: Owed | undefined
}

/** One attempt: the order, what it is made with, and what the one before came to. */
type Attempt = RestoreTask & {
  calls: ApiCalls
  fresh: Freshness
  signal: AbortSignal
  past: Failed | undefined
}

/** What was seen before the first attempt is as good as a look. */
async function look(order: Attempt): Promise<Found> {
  return order.past || !order.seen
    ? lookForRestore(order, order.signal)
    : { object: order.seen, byWriter: false }
}

/** One look at the object and what follows from it. */
async function lookAndAct(order: Attempt): Promise<Restored | Failed> {
  const { past } = order
  let attempted = past?.attempted
  let unfenced: RouteObject | undefined
  let owed = past?.owed
  try {
    const found = await look(order)
    if ('gone' in found) return { kind: 'gone', object: found.gone }
    const { object, byWriter } = found
    if (object.uid !== order.uid) return { kind: 'gone', object }
    order.fresh.note(object)
    if (attempted && hasLanded(attempted, object)) return { kind: attempted.kind, object }
    if (owed) return await keepJournal(order, object, owed)
    const next = nextStep(order, object)
    if (next.operations.length === 0) {
      // A webhook may have changed what a writer meets: it is good to act on, not to conclude from.
      if (byWriter) throw oldAnswer(order.resource)
      return { kind: next.kind, object }
    }
    const { restores } = next
    const why = restores && (await order.blockedBy(object, restores.rule, restores.original))
    if (why !== undefined) throw new Held(object, why)
    if (next.fenced) unfenced = object
    attempted = next
    const taken = await takeStep(order, object, next)
    if (taken.kind !== 'owed') return taken
    owed = taken
    return await keepJournal(order, taken.object, taken)
  } catch (error) {
    return {
      error,
      // What was refused for certain has not landed, whoever else brought about the same.
      attempted: isUnanswered(error) || error instanceof Held ? attempted : past?.attempted,
      unfenced: isRefusal(error) ? unfenced : undefined,
      owed,
    }
  }
}

async function takeStep(order: Attempt, object: RouteObject, step: Step): Promise<Restored | Owed> {
  const answer = await patchObject(order, object, step.operations)
  if (step.restores && !isRestored(step.restores, answer))
    return { kind: 'owed', object: answer, restores: step.restores }
  if (!step.fenced) {
    if (JOURNAL in answer.annotations) throw new Held(answer, KEPT)
    const restores = order.past?.attempted?.restores
    const isDone = restores !== undefined && isRestored(restores, answer)
    return { kind: isDone ? 'restored' : step.kind, object: answer }
  }
  // The fence stands, so a write that comes now is refused; it can be taken down again.
  const open = removeAnnotations(answer, FENCE)
  return { kind: step.kind, object: await patchObject(order, answer, open) }
}

/** A patch that does not fit what is stored, as one on an old read may not: only a look as a writer tells. */
function isUnfit(error: unknown): boolean {
  return error instanceof ApiError && error.status === 422
}

const CHANGED = 'an admission webhook changed them on their way in'

/**
 * The weights are not back, so the object must carry its journal: the way back for the next rollback
 * or shift. What somebody else wrote in the meantime is theirs.
 */
async function keepJournal(order: Attempt, object: RouteObject, owed: Owed): Promise<Restored> {
  const kept = keptJournal(owed, object)
  if (kept.kind === 'overwritten') return { kind: 'nothing-of-ours', object }
  if (kept.kind === 'there') return { kind: 'blocked', object, why: CHANGED }
  const back = setAnnotation(object, JOURNAL, kept.text)
  return { kind: 'blocked', object: await patchObject(order, object, back), why: CHANGED }
}

const KEPT = `an admission webhook keeps the annotation ${JOURNAL} on the object`

async function patchObject(
  order: Attempt,
  object: RouteObject,
  operations: readonly PatchOperation[],
): Promise<RouteObject> {
  const { calls, resource, uid, fresh, signal } = order
  const guarded = [...guardOperations(object), ...operations]
  const path = resourcePath(resource)
  const answer = await calls
    .patch(path, guarded, { dryRun: false }, signal)
    .catch((error: unknown) => {
      if (isConflict(error) || isUnfit(error)) fresh.doubt(object.resourceVersion)
      throw error
    })
  const patched = answeredObject(answer, resource, 'PATCH')
  // An answer about another object is as good as none: the next look tells what became of the call.
  if (patched.uid !== uid) throw new ApiError('PATCH', 'PATCH was answered with another object')
  fresh.note(patched)
  return patched
}
