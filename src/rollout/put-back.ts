import { ApiError, saysNotFound } from '../mesh/api-error.ts'
import type { ApiCalls, ApiServer } from '../mesh/api-server.ts'
import type { Entry } from '../mesh/entry.ts'
import { guardOperations, unannotate } from '../mesh/guards.ts'
import type { JsonObject } from '../mesh/json.ts'
import type { PatchOperation } from '../mesh/json-patch.ts'
import { type Resource, resourcePath } from '../mesh/resources.ts'
import { parseRouteObject, type RouteObject } from '../mesh/route-object.ts'
import { FENCE } from './journal.ts'
import { pause } from './pause.ts'
import { hasLanded, isRestored, nextStep, type Step, type StepOrder } from './put-back-step.ts'

/** Whose writes are to be undone, and how. */
export type PutBackOrder = StepOrder & {
  api: ApiServer
  resource: Resource
  /** The object that was written to; another one of its name is never touched. */
  uid: string
  /** The object as last seen, if it was: saves a call where nobody wrote since. */
  seen: RouteObject | undefined
  /** Says why the original weights must not come back; undefined where they may. */
  obstacle: (
    object: RouteObject,
    entry: Entry,
    original: readonly JsonObject[],
  ) => Promise<string | undefined>
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
  /** The original weights would send connections to destinations that nobody answers for, or were stored as others. */
  | { kind: 'blocked'; object: RouteObject; why: string }

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 1000
/** Of one call at the first try: short, as one that hangs may be answered when it is made again. */
const FIRST_LIMIT_MS = 2000
/** At the later ones: it doubles, as an API server that is slow does nothing for who never waits. */
const LONGEST_LIMIT_MS = 10_000

/**
 * Brings the object to where the run has no part in it any more: the original weights back and the
 * mark removed in one patch, where the weights are still those that the run wrote. Goes on through
 * conflicts and an API server that fails or hangs until the signal aborts; fails with an ApiError
 * then, and at once where the API server refuses.
 */
export async function putBack(order: PutBackOrder, signal: AbortSignal): Promise<PutBack> {
  let past: Failed | undefined
  for (let tryNumber = 1; ; tryNumber += 1) {
    const doubled = 2 ** (tryNumber - 1)
    const calls = order.api.inHaste(Math.min(FIRST_LIMIT_MS * doubled, LONGEST_LIMIT_MS))
    const ended = await lookAndAct({ ...order, calls }, past, signal)
    if (!('error' in ended)) return ended
    if (ended.final || !mayPass(ended.error)) throw ended.error
    if (!signal.aborted) {
      past = ended
      await pause(Math.min(FIRST_PAUSE_MS * doubled, LONGEST_PAUSE_MS), signal)
    }
    // What the last whole try met tells more than that there was no time for another.
    if (signal.aborted) throw past?.error ?? ended.error
  }
}

type Try = PutBackOrder & { calls: ApiCalls }

/** A try that came to nothing, with what is known by then. */
type Failed = {
  error: unknown
  /** What was sent and not answered, so that it may have landed. */
  attempted: Step | undefined
  /** A refusal that may be for the version of the object that the patch was on. */
  refused: { version: string; error: unknown } | undefined
  /** There is no use in another try. */
  final: boolean
}

/** One look at the object and what follows from it. */
async function lookAndAct(
  order: Try,
  past: Failed | undefined,
  signal: AbortSignal,
): Promise<PutBack | Failed> {
  let attempted = past?.attempted
  let version: string | undefined
  try {
    const object = (past ? undefined : order.seen) ?? (await readAgain(order, signal))
    if (object?.uid !== order.uid) return { kind: 'gone' }
    if (attempted && hasLanded(attempted, object)) return { kind: attempted.kind, object }
    const next = nextStep(order, object)
    if (next.operations.length === 0) return { kind: next.kind, object }
    if (past?.refused?.version === object.resourceVersion) {
      if (next.fenced) return unfenced(object)
      return { ...past, error: past.refused.error, final: true }
    }
    const { restores } = next
    const why = restores && (await order.obstacle(object, restores.entry, restores.original))
    if (why !== undefined) return { kind: 'blocked', object, why }
    attempted = next
    version = object.resourceVersion
    return await takeStep(order, object, next, signal).catch((error: unknown) => {
      if (next.fenced && isRefusal(error)) return unfenced(object)
      throw error
    })
  } catch (error) {
    return {
      error,
      // What was refused for certain has not landed, whoever else brought about the same.
      attempted: isUnanswered(error) ? attempted : past?.attempted,
      refused: version !== undefined && isOfVersion(error) ? { version, error } : past?.refused,
      final: false,
    }
  }
}

/** The object carries nothing of ours, so a fence that is refused leaves nothing to mend. */
function unfenced(object: RouteObject): PutBack {
  return { kind: 'nothing-of-ours', object, unfenced: true }
}

/** Somebody wrote in between (409), or an operation does not fit the object any more (422); or neither, and it is refused for what it does. */
function isOfVersion(error: unknown): boolean {
  return error instanceof ApiError && [409, 422].includes(error.status ?? 0)
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

async function takeStep(
  order: Try,
  object: RouteObject,
  step: Step,
  signal: AbortSignal,
): Promise<PutBack> {
  const answer = await patchObject(order, object, step.operations, signal)
  if (step.restores && !isRestored(step.restores, answer))
    return {
      kind: 'blocked',
      object: answer,
      why: 'an admission webhook changed them on their way in',
    }
  if (!step.fenced) return { kind: step.kind, object: answer }
  // The fence stands, so a write that comes now is refused; it can be taken down again.
  const open = unannotate(answer, FENCE)
  return { kind: step.kind, object: await patchObject(order, answer, open, signal) }
}

async function readAgain(order: Try, signal: AbortSignal): Promise<RouteObject | undefined> {
  const path = resourcePath(order.resource)
  try {
    const object = parseRouteObject(await order.calls.get(path, signal))
    if (object) return object
  } catch (error) {
    if (saysNotFound(error)) return undefined
    throw error
  }
  throw unreadable('GET', path)
}

async function patchObject(
  order: Try,
  object: RouteObject,
  operations: readonly PatchOperation[],
  signal: AbortSignal,
): Promise<RouteObject> {
  const path = resourcePath(order.resource)
  const guarded = [...guardOperations(object), ...operations]
  const answer = await order.calls.patch(path, guarded, { dryRun: false }, signal)
  const patched = parseRouteObject(answer)
  if (patched) return patched
  throw unreadable('PATCH', path)
}

/** An answer that is no object is as good as none: the next look tells what became of the call. */
function unreadable(method: string, path: string): ApiError {
  return new ApiError(`${method} ${path}`, `${method} ${path} was answered with what is no object`)
}
