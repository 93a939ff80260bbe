import { type ApiError, saysNotFound } from '../../kube/api-error.ts'
import { stopFor } from '../../kube/api-problem.ts'
import { isObject, type Json, sameJson } from '../../kube/json.ts'
import { resourcePath } from '../../kube/resources.ts'
import { answeredObject } from '../../routes/object/answered-object.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Rule } from '../../routes/rule.ts'
import { findRule } from '../../routes/rule-identity.ts'
import { sameWritten } from '../../routes/written-destinations.ts'
import { JOURNAL } from '../journal.ts'
import { readJournal } from '../read-journal.ts'
import type { Write } from './send-write.ts'
import { beingDeleted, changed, deleted, recreated, writeConflict } from './write-conflict.ts'

/** What became of a write: it was stored, or the object still has the weights from before it. */
export type ReadAfterWrite =
  | { landed: true; object: RouteObject }
  | { landed: false; object: RouteObject; rule: Rule }

/**
 * Reads the object after a write whose result is not known, and whose last answer was `refused`. Throws a
 * ConflictError where another client wrote, and a RunError where the read says nothing.
 */
export async function readAfterWrite(
  write: Write,
  refused: ApiError,
  signal: AbortSignal,
): Promise<ReadAfterWrite> {
  const { object: before } = write
  const object = await readAgain(write, refused, signal)
  if (object.uid !== before.uid) throw recreated(object)
  // This read is older than the object that the write was on, so it does not say what became of the write.
  if ((object.generation ?? 0) < (before.generation ?? 0)) throw stopFor(refused, 'the write')
  if (object.deletedAt !== undefined) throw beingDeleted(write.api, object, object.deletedAt)
  const rule = findRule(object, write.journal)
  const found = readJournal(object)
  const journal = found.kind === 'found' ? found.journal : undefined
  const same = rule && sameWritten(rule.written, write.journal.written)
  if (journal?.owner === write.journal.owner && same) return { landed: true, object }
  if (object.annotations[JOURNAL] !== before.annotations[JOURNAL]) {
    throw writeConflict(write, object, journal)
  }
  if (!rule || !sameWritten(rule.written, write.rule.written)) throw changed(write, object)
  return { landed: false, object, rule }
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
    if (saysNotFound(error)) throw deleted(write.object)
  }
  throw stopFor(refused, 'the write')
}

/**
 * Whether two versions of an object differ in nothing but bookkeeping. The cleanup step moves the version and
 * leaves no other trace: a run that is still in progress then must not write any more, since nothing would
 * clean up after it.
 */
export function differInVersionOnly(a: RouteObject, b: RouteObject): boolean {
  return sameJson(withoutVersion(a), withoutVersion(b))
}

function withoutVersion({ raw }: RouteObject): Json {
  const { metadata, ...rest } = raw
  if (!isObject(metadata)) return rest
  const { resourceVersion: _, generation: __, managedFields: ___, ...kept } = metadata
  return { ...rest, metadata: kept }
}
