import { ApiError, saysNotFound } from '../mesh/api-error.ts'
import type { ApiServer } from '../mesh/api-server.ts'
import type { Entry } from '../mesh/entry.ts'
import { findEntryAgain } from '../mesh/find-entry.ts'
import { annotate, guardOperations, unannotate } from '../mesh/guards.ts'
import { type JsonObject, numberAt, sameJson } from '../mesh/json.ts'
import type { PatchOperation } from '../mesh/json-patch.ts'
import { type Resource, resourcePath } from '../mesh/resources.ts'
import { restoreOperation } from '../mesh/route-edits.ts'
import { parseRouteObject, type RouteObject } from '../mesh/route-object.ts'
import { FENCE, JOURNAL, type Journal, readJournal } from './journal.ts'
import { pause } from './pause.ts'

/** Whose writes are to be undone, and how. */
export type PutBackOrder = {
  api: ApiServer
  resource: Resource
  owner: string
  /** The object that was written to; another one of its name is never touched. */
  uid: string
  /** The object as last seen, if it was: saves a call where nobody wrote since. */
  seen: RouteObject | undefined
  /** What the run knows itself, should its mark have been pruned from the object. */
  known: KnownWrites | undefined
  /** restore puts the original back, leave only removes the mark; as-journal does what the dead run was to do. */
  weights: 'restore' | 'leave' | 'as-journal'
  /** A write of ours may still be on its way: move the object's version so that it fails. */
  fence: boolean
  /** Says why the original weights must not come back; undefined where they may. */
  obstacle: (
    object: RouteObject,
    entry: Entry,
    original: readonly JsonObject[],
  ) => Promise<string | undefined>
}

/** A run's writes to an entry: what was there before, every route list that it sent, and the object's generation after the last that was answered. */
export type KnownWrites = Pick<Journal, 'match' | 'original'> & {
  written: readonly (readonly JsonObject[])[]
  generation: number | undefined
}

export type PutBack =
  | { kind: 'restored'; object: RouteObject }
  | { kind: 'mark-removed'; object: RouteObject }
  /** Unfenced: the API server refused the fence, so a write that is still on its way may land. */
  | { kind: 'nothing-of-ours'; object: RouteObject; unfenced?: true }
  /** Somebody else edited the entry; only the mark was removed. */
  | { kind: 'changed-by-other'; object: RouteObject }
  /** Deleted, or deleted and made anew: never written again. */
  | { kind: 'gone' }
  /** The original weights would send connections to destinations that nobody answers for. */
  | { kind: 'blocked'; object: RouteObject; why: string }

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 1000

/**
 * Brings the object to where the run has no part in it any more: the original weights back and the
 * mark removed in one patch, where the weights are still those that the run wrote. Goes on through
 * conflicts and an API server that fails or hangs until the signal aborts; fails with an ApiError
 * then, and at once where the API server refuses.
 */
export async function putBack(order: PutBackOrder, signal: AbortSignal): Promise<PutBack> {
  let attempted: Step | undefined
  for (let tryNumber = 1; ; tryNumber += 1) {
    const seen = tryNumber === 1 ? order.seen : undefined
    const ended = await lookAndAct(order, seen, attempted, signal)
    if (!('error' in ended)) return ended
    if (!mayPass(ended.error) || signal.aborted) throw ended.error
    attempted = ended.attempted
    await pause(Math.min(FIRST_PAUSE_MS * 2 ** (tryNumber - 1), LONGEST_PAUSE_MS), signal)
  }
}

/** One look at the object and what follows from it; or the error, with what was attempted by then. */
async function lookAndAct(
  order: PutBackOrder,
  seen: RouteObject | undefined,
  before: Step | undefined,
  signal: AbortSignal,
): Promise<PutBack | { error: unknown; attempted: Step | undefined }> {
  let attempted = before
  try {
    const object = seen ?? (await readAgain(order, signal))
    if (object?.uid !== order.uid) return { kind: 'gone' }
    if (attempted && hasLanded(attempted, object)) return { kind: attempted.kind, object }
    const next = nextStep(order, object)
    if (next.operations.length === 0) return { kind: next.kind, object }
    const { restores } = next
    const why = restores && (await order.obstacle(object, restores.entry, restores.original))
    if (why !== undefined) return { kind: 'blocked', object, why }
    attempted = next
    const refusedFence = (error: unknown): PutBack => {
      // The object carries nothing of ours, so a fence that is refused leaves nothing to mend.
      if (next.fenced && isRefusal(error))
        return { kind: 'nothing-of-ours', object, unfenced: true }
      throw error
    }
    return await takeStep(order, object, next, signal).catch(refusedFence)
  } catch (error) {
    // What was refused for certain has not landed, whoever else brought about the same.
    return { error, attempted: isUnanswered(error) ? attempted : before }
  }
}

function isUnanswered(error: unknown): boolean {
  return error instanceof ApiError && (error.status === undefined || error.status >= 500)
}

/**
 * Worth another look: no answer, a server's own fault, too many requests; or somebody wrote in
 * between (409), or the object is another one by now, of whose identity the test fails (422), or
 * is gone (404).
 */
function mayPass(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false
  const { status } = error
  return status === undefined || status >= 500 || [404, 409, 422, 429].includes(status)
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && [400, 401, 403].includes(error.status ?? 0)
}

/** A patch whose answer was lost on the way would be refused as stale if it were sent again, yet it may have done its work. */
function hasLanded({ restores, fenced }: Step, object: RouteObject): boolean {
  if (fenced || readJournal(object).kind !== 'none') return false
  if (restores === undefined) return true
  const entry = findEntryAgain(object, restores.entry.match)
  return entry !== undefined && sameJson([...entry.routes], [...restores.original])
}

async function takeStep(
  order: PutBackOrder,
  object: RouteObject,
  step: Step,
  signal: AbortSignal,
): Promise<PutBack> {
  const answer = await patchObject(order, object, step.operations, signal)
  if (!step.fenced) return { kind: step.kind, object: answer }
  // The fence stands, so a write that comes now is refused; it can be taken down again.
  const open = unannotate(answer, FENCE)
  return { kind: step.kind, object: await patchObject(order, answer, open, signal) }
}

type Step = {
  kind: Exclude<PutBack['kind'], 'gone' | 'blocked'>
  operations: PatchOperation[]
  fenced: boolean
  /** What would come back. */
  restores?: { entry: Entry; original: readonly JsonObject[] }
}

function nextStep(order: PutBackOrder, object: RouteObject): Step {
  const found = readJournal(object)
  const own =
    found.kind === 'found' && found.journal.owner === order.owner ? found.journal : undefined
  // Another run's mark, or one that cannot be read: the weights are its business now.
  if (found.kind !== 'none' && !own) return step('nothing-of-ours', [])
  const known = own ? { ...own, written: [own.written] } : untouchedWrites(order, object)
  const unmark = unannotate(object, JOURNAL, FENCE)
  const entry = known && findEntryAgain(object, known.match)
  const unedited = entry && known.written.some((list) => sameJson([...entry.routes], [...list]))
  const leave =
    order.weights === 'leave' || (order.weights === 'as-journal' && own?.onFailure === 'keep')
  if (unedited && !leave) {
    return {
      ...step('restored', [restoreOperation(entry, known.original), ...unmark]),
      restores: { entry, original: known.original },
    }
  }
  if (own) return step(unedited ? 'mark-removed' : 'changed-by-other', unmark)
  // The run's own weights without its mark: it was removed, though the answer to that was lost.
  const kind = unedited ? 'mark-removed' : 'nothing-of-ours'
  if (!order.fence) return step(kind, unmark)
  return { ...step(kind, annotate(object, FENCE, order.owner)), fenced: true }
}

/**
 * A run's own knowledge, where its mark is gone and nobody wrote the spec since: of weights that are
 * those of the run but were written again, by a later run that took this one for dead or by
 * somebody's hand, this run is not the owner any more.
 */
function untouchedWrites({ known }: PutBackOrder, object: RouteObject): KnownWrites | undefined {
  return known?.generation === generationOf(object) ? known : undefined
}

/** How often the object's spec was written, by the API server's count. */
export function generationOf(object: RouteObject): number | undefined {
  return numberAt(object.raw, 'metadata', 'generation')
}

function step(kind: Step['kind'], operations: PatchOperation[]): Step {
  return { kind, operations, fenced: false }
}

async function readAgain(
  order: PutBackOrder,
  signal: AbortSignal,
): Promise<RouteObject | undefined> {
  const path = resourcePath(order.resource)
  try {
    const object = parseRouteObject(await order.api.inHaste.get(path, signal))
    if (object) return object
  } catch (error) {
    if (saysNotFound(error)) return undefined
    throw error
  }
  throw unreadable('GET', path)
}

async function patchObject(
  order: PutBackOrder,
  object: RouteObject,
  operations: readonly PatchOperation[],
  signal: AbortSignal,
): Promise<RouteObject> {
  const path = resourcePath(order.resource)
  const guarded = [...guardOperations(object), ...operations]
  const answer = await order.api.inHaste.patch(path, guarded, { dryRun: false }, signal)
  const patched = parseRouteObject(answer)
  if (patched) return patched
  throw unreadable('PATCH', path)
}

/** An answer that is no object is as good as none: the next look tells what became of the call. */
function unreadable(method: string, path: string): ApiError {
  return new ApiError(`${method} ${path}`, `${method} ${path} was answered with what is no object`)
}
