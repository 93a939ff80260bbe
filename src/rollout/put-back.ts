import { ApiError } from '../mesh/api-error.ts'
import type { ApiServer } from '../mesh/api-server.ts'
import type { Entry } from '../mesh/entry.ts'
import { findEntryAgain } from '../mesh/find-entry.ts'
import { annotate, guardOperations, unannotate } from '../mesh/guards.ts'
import { type Json, sameJson } from '../mesh/json.ts'
import type { PatchOperation } from '../mesh/json-patch.ts'
import { type Resource, resourcePath } from '../mesh/resources.ts'
import { restoreOperation } from '../mesh/route-edits.ts'
import { parseRouteObject, type RouteObject } from '../mesh/route-object.ts'
import { JOURNAL, type Journal, readJournal } from './journal.ts'

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
  known: Pick<Journal, 'match' | 'original' | 'written'> | undefined
  /** restore puts the original back, leave only removes the mark; as-journal does what the dead run was to do. */
  weights: 'restore' | 'leave' | 'as-journal'
  /** A write of ours may still be on its way: move the object's version so that it fails. */
  fence: boolean
  /** Says why the original weights must not come back; undefined where they may. */
  obstacle: (
    object: RouteObject,
    entry: Entry,
    original: Journal['original'],
  ) => Promise<string | undefined>
}

export type PutBack =
  | { kind: 'restored'; object: RouteObject }
  | { kind: 'mark-removed'; object: RouteObject }
  | { kind: 'nothing-of-ours'; object: RouteObject }
  /** Somebody else edited the entry; only the mark was removed. */
  | { kind: 'changed-by-other'; object: RouteObject }
  /** Deleted, or deleted and made anew: never written again. */
  | { kind: 'gone' }
  /** The original weights would send connections to destinations that nobody answers for. */
  | { kind: 'blocked'; object: RouteObject; why: string }

const TRIES = 5
const FENCE = 'istio-traffic-shift/fence'

/**
 * Brings the object to where the run has no part in it any more: the original weights back and the
 * mark removed in one patch, where the weights are still those that the run wrote. Fails with an
 * ApiError where the API server cannot be had.
 */
export async function putBack(order: PutBackOrder, signal: AbortSignal): Promise<PutBack> {
  let attempted: Step | undefined
  for (let tryNumber = 1; ; tryNumber += 1) {
    const seen = tryNumber === 1 ? order.seen : undefined
    const object = seen ?? (await readAgain(order, signal))
    if (object?.uid !== order.uid) return { kind: 'gone' }
    if (attempted && hasLanded(attempted, object)) return { kind: attempted.kind, object }
    const step = nextStep(order, object)
    if (step.operations.length === 0) return { kind: 'nothing-of-ours', object }
    const why =
      step.restores && (await order.obstacle(object, step.restores.entry, step.restores.original))
    if (why !== undefined) return { kind: 'blocked', object, why }
    const ended = await takeStep(order, object, step, signal).catch((error: unknown) => ({ error }))
    if (!('error' in ended)) return ended
    if (!mayBeStale(ended.error) || tryNumber === TRIES) throw ended.error
    attempted = step
  }
}

/** A patch whose answer was lost on the way is refused as stale when it is sent again, yet it has done its work. */
function hasLanded({ restores, fenced }: Step, object: RouteObject): boolean {
  if (fenced || readJournal(object).kind !== 'none') return false
  if (restores === undefined) return true
  const entry = findEntryAgain(object, restores.entry.match)
  return entry !== undefined && sameJson([...entry.routes], [...restores.original])
}

/**
 * Somebody wrote in between (409), or the object is another one by now, of whose identity the
 * test fails (422), or is gone (404): the next look tells.
 */
function mayBeStale(error: unknown): boolean {
  return error instanceof ApiError && [404, 409, 422].includes(error.status ?? 0)
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
  restores?: { entry: Entry; original: Journal['original'] }
}

function nextStep(order: PutBackOrder, object: RouteObject): Step {
  const found = readJournal(object)
  const own =
    found.kind === 'found' && found.journal.owner === order.owner ? found.journal : undefined
  // Another run's mark, or one that cannot be read: the weights are its business now.
  if (found.kind !== 'none' && !own) return step('nothing-of-ours', [])
  const known = own ?? order.known
  const unmark = own ? unannotate(object, JOURNAL) : []
  const entry = known && findEntryAgain(object, known.match)
  const unedited = known && entry && sameJson([...entry.routes], [...known.written])
  const original = known && entry && sameJson([...entry.routes], [...known.original])
  const leave =
    order.weights === 'leave' || (order.weights === 'as-journal' && own?.onFailure === 'keep')
  if (known && entry && unedited && !original && !leave) {
    return {
      ...step('restored', [restoreOperation(entry, known.original), ...unmark]),
      restores: { entry, original: known.original },
    }
  }
  if (own)
    return step(unedited || (original && !leave) ? 'mark-removed' : 'changed-by-other', unmark)
  if (!order.fence) return step('nothing-of-ours', [])
  return { ...step('nothing-of-ours', annotate(object, FENCE, order.owner)), fenced: true }
}

function step(kind: Step['kind'], operations: PatchOperation[]): Step {
  return { kind, operations, fenced: false }
}

async function readAgain(
  order: PutBackOrder,
  signal: AbortSignal,
): Promise<RouteObject | undefined> {
  try {
    return parseRouteObject(await order.api.get(resourcePath(order.resource), signal))
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined
    throw error
  }
}

async function patchObject(
  order: PutBackOrder,
  object: RouteObject,
  operations: readonly PatchOperation[],
  signal: AbortSignal,
): Promise<RouteObject> {
  const guarded = [...guardOperations(object), ...operations]
  const answer: Json = await order.api.patch(
    resourcePath(order.resource),
    guarded,
    { dryRun: false },
    signal,
  )
  return parseRouteObject(answer) ?? object
}
