import { ApiError, saysNotFound } from '../../kube/api-error.ts'
import { stopFor, stopForWrite } from '../../kube/api-problem.ts'
import type { ApiServer } from '../../kube/api-server.ts'
import { isObject, type Json, sameJson } from '../../kube/json.ts'
import { type PatchOperation, pointer } from '../../kube/json-patch.ts'
import { pause } from '../../kube/pause.ts'
import { type Resource, resourcePath } from '../../kube/resources.ts'
import { answeredObject } from '../../routes/answered-object.ts'
import { guardOperations, setAnnotation } from '../../routes/object-guards.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Rule } from '../../routes/rule.ts'
import { findRuleByIdentity } from '../../routes/rule-identity.ts'
import { weightOperations } from '../../routes/weights/weigh.ts'
import { sameWritten } from '../../routes/written-destinations.ts'
import { FENCE, JOURNAL, type Journal, journalText, readJournal } from '../journal.ts'
import { type Difference, differenceIn } from './webhook-change.ts'
import { changed, fencedOff, perhapsRestored, writeConflict } from './write-conflict.ts'

/** One write: the weights and the journal that undoes them, on this version of the object. */
export type Write = {
  api: ApiServer
  resource: Resource
  object: RouteObject
  rule: Rule
  /** `written` is what this write makes of the entry. */
  journal: Journal
}

const ATTEMPTS = 5
/** Before another look where a read was old; it doubles. */
const FIRST_PAUSE_MS = 100

/** The patch of a write: guards, the weights that change, the journal. */
export function writeOperations(
  object: RouteObject,
  rule: Rule,
  journal: Journal,
): PatchOperation[] {
  return [
    ...guardOperations(object),
    ...weightOperations(rule, journal.written),
    ...setAnnotation(object, JOURNAL, journalText(journal)),
    // One that post could not take down again.
    ...(FENCE in object.annotations
      ? [{ op: 'remove' as const, path: pointer('metadata', 'annotations', FENCE) }]
      : []),
  ]
}

/** A write that the API server would take, and what it would make of it. */
export type Tried = { write: Write; difference: Difference | undefined }

/**
 * Lets the API server, its schema and its webhooks judge the write without storing it. Like the
 * write itself it is tried again where another write came in between; the write that comes back is
 * on the version that was judged.
 */
export async function dryRun(write: Write, signal: AbortSignal): Promise<Tried> {
  let { object, rule } = write
  for (let attemptNumber = 1; ; attemptNumber += 1) {
    const tried = await tryOut({ ...write, object, rule }, signal).catch((error: unknown) => ({
      error,
    }))
    if (!('error' in tried)) return tried
    const { error } = tried
    const now = isOfAnother(error) && (await lookAgain(write, object, error, signal))
    if (now && !now.landed && isOldRead(error, object, now.object) && attemptNumber < ATTEMPTS) {
      await pause(FIRST_PAUSE_MS * 2 ** (attemptNumber - 1), signal)
      continue
    }
    if (!now || now.landed || !isStale(error, object, now.object) || attemptNumber === ATTEMPTS)
      throw await stopForWrite(error, { ...write, doing: 'the dry run of the write' }, signal)
    object = now.object
    rule = now.rule
  }
}

async function tryOut(write: Write, signal: AbortSignal): Promise<Tried> {
  const operations = writeOperations(write.object, write.rule, write.journal)
  const path = resourcePath(write.resource)
  const answer = await write.api.patch(path, operations, { dryRun: true }, signal)
  const made = ours(write, answer)
  return { write, difference: differenceIn(made, write.journal) }
}

/** A write that did not take place, or of which that is not known. */
export class WriteFailed extends Error {
  readonly stop: Error
  /** It may have landed, or may yet. */
  readonly pending: boolean

  constructor(stop: Error, pending: boolean) {
    super('the write failed')
    this.name = 'WriteFailed'
    this.stop = stop
    this.pending = pending
  }
}

/**
 * Writes the weights. Where another write came in between, it is tried again on what is there now,
 * as long as weights, mark and identity are what they were; where the answer was lost, the journal
 * on the object says whether the write landed. Fails with a WriteFailed.
 */
export async function writeWeights(write: Write, signal: AbortSignal): Promise<RouteObject> {
  let { object, rule } = write
  let unanswered = false
  for (let attemptNumber = 1; ; attemptNumber += 1) {
    const sent = await send(write, object, rule, signal).catch((error: unknown) => ({ error }))
    if (!('error' in sent)) return sent
    const { error } = sent
    unanswered ||= !(error instanceof ApiError) || error.mayHaveLanded
    if (!isUnclear(error) || signal.aborted) {
      const stop = await stopForWrite(error, { ...write, doing: 'the write' }, signal)
      throw new WriteFailed(stop, unanswered)
    }
    const now = await lookAgain(write, object, error, signal).catch((stop: Error) => {
      throw new WriteFailed(stop, unanswered)
    })
    if (now.landed) return now.object
    if (isOldRead(error, object, now.object) && attemptNumber < ATTEMPTS) {
      await pause(FIRST_PAUSE_MS * 2 ** (attemptNumber - 1), signal)
      continue
    }
    if (!isStale(error, object, now.object) || attemptNumber === ATTEMPTS) {
      throw new WriteFailed(stopFor(error, 'the write'), unanswered)
    }
    if (sameJson(visible(now.object), visible(object)))
      throw new WriteFailed(fencedOff(), unanswered)
    if (unanswered && now.object.generation !== object.generation)
      throw new WriteFailed(perhapsRestored(), unanswered)
    object = now.object
    rule = now.rule
  }
}

async function send(
  write: Write,
  object: RouteObject,
  rule: Rule,
  signal: AbortSignal,
): Promise<RouteObject> {
  const path = resourcePath(write.resource)
  const operations = writeOperations(object, rule, write.journal)
  return ours(write, await write.api.patch(path, operations, { dryRun: false }, signal))
}

/** The object in the answer to a write. One that is not the object that was written to tells nothing of what became of the write. */
function ours({ resource, object }: Write, answer: Json): RouteObject {
  try {
    const made = answeredObject(answer, resource, 'PATCH')
    if (made.uid === object.uid) return made
    throw new ApiError('PATCH', 'the write was answered with another object of the same name')
  } catch (error) {
    if (error instanceof ApiError) error.mayHaveLanded = true
    throw error
  }
}

/** Answers after which only a look at the object tells what became of the write. */
function isUnclear(error: unknown): error is ApiError {
  if (!(error instanceof ApiError)) return false
  const { status } = error
  return status === undefined || status >= 500 || isOfAnother(error)
}

/**
 * Answers to a write on an object that is another one by now: of another version (409), of another
 * identity or with its entries elsewhere (422, as for what the schema refuses), or gone (404).
 */
function isOfAnother(error: unknown): error is ApiError {
  return error instanceof ApiError && [404, 409, 422].includes(error.status ?? 0)
}

/**
 * Whether a write was refused because of the version that it was on: the same on the present one may
 * pass. Where that is still the same version, a webhook or a schema has refused what it does.
 */
function isStale(error: unknown, before: RouteObject, now: RouteObject): boolean {
  if (!(error instanceof ApiError) || now.resourceVersion === before.resourceVersion) return false
  return error.status === 409 || error.status === 422
}

/**
 * Whether a conflict was followed by a read of the very version that it was about: the read is old.
 * A webhook that refuses by a conflict says so, and is believed.
 */
function isOldRead(error: unknown, before: RouteObject, now: RouteObject): boolean {
  if (!(error instanceof ApiError) || error.status !== 409) return false
  return (
    now.resourceVersion === before.resourceVersion && !/\badmission webhook\b/.test(error.message)
  )
}

type LookedAgain =
  | { landed: true; object: RouteObject }
  | { landed: false; object: RouteObject; rule: Rule }

async function lookAgain(
  write: Write,
  before: RouteObject,
  refused: ApiError,
  signal: AbortSignal,
): Promise<LookedAgain> {
  const object = await readAgain(write, refused, signal)
  if (object.uid !== before.uid) {
    throw changed('was deleted and made anew while the run was in progress')
  }
  // A read from before what is known already is no look at what became of the write.
  if ((object.generation ?? 0) < (before.generation ?? 0)) throw stopFor(refused, 'the write')
  if (object.deletedAt !== undefined) throw changed(`is being deleted since ${object.deletedAt}`)
  const rule = findRuleByIdentity(object, write.rule.identity, write.journal.nth)
  const found = readJournal(object)
  const journal = found.kind === 'found' ? found.journal : undefined
  const same = rule && sameWritten(rule.written, write.journal.written)
  if (journal?.owner === write.journal.owner && same) return { landed: true, object }
  if (object.annotations[JOURNAL] !== before.annotations[JOURNAL]) {
    throw writeConflict(write, object, journal)
  }
  if (!rule || !sameWritten(rule.written, write.rule.written)) {
    throw changed('was changed by somebody else while the run was in progress', object)
  }
  return { landed: false, object, rule }
}

/**
 * What a write by anybody else would change. Post moves the version and leaves no trace; a run that
 * is still alive then must not write any more, since nobody would come after it.
 */
function visible(object: RouteObject): Json {
  const { metadata, ...rest } = object.raw
  if (!isObject(metadata)) return rest
  const { resourceVersion: _, generation: __, managedFields: ___, ...kept } = metadata
  return { ...rest, metadata: kept }
}

async function readAgain(
  write: Write,
  refused: ApiError,
  signal: AbortSignal,
): Promise<RouteObject> {
  try {
    const answer = await write.api.get(resourcePath(write.resource), signal)
    return answeredObject(answer, write.resource, 'GET')
  } catch (error) {
    if (saysNotFound(error)) throw changed('was deleted while the run was in progress')
  }
  throw stopFor(refused, 'the write')
}
