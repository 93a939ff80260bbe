import { ApiError } from '../mesh/api-error.ts'
import type { ApiServer } from '../mesh/api-server.ts'
import type { Entry } from '../mesh/entry.ts'
import { findEntryAgain } from '../mesh/find-entry.ts'
import { annotate, guardOperations } from '../mesh/guards.ts'
import { type JsonObject, sameJson } from '../mesh/json.ts'
import type { PatchOperation } from '../mesh/json-patch.ts'
import { type Resource, resourcePath } from '../mesh/resources.ts'
import { routeOperations } from '../mesh/route-edits.ts'
import { parseRouteObject, type RouteObject } from '../mesh/route-object.ts'
import { JOURNAL, type Journal, journalText, readJournal } from './journal.ts'
import { Stop } from './outcome.ts'
import { stopFor, stopForWrite } from './refused.ts'

/** One write: the weights and the journal that undoes them, on this version of the object. */
export type Write = {
  api: ApiServer
  resource: Resource
  object: RouteObject
  entry: Entry
  /** `written` is what this write makes of the entry. */
  journal: Journal
}

const TRIES = 5

/** The patch of a write: guards, the weights that change, the journal. */
export function writeOperations(
  object: RouteObject,
  entry: Entry,
  journal: Journal,
): PatchOperation[] {
  return [
    ...guardOperations(object),
    ...routeOperations(entry, journal.written),
    ...annotate(object, JOURNAL, journalText(journal)),
  ]
}

/** Lets the API server, its schema and its webhooks judge the write without storing it. */
export async function dryRun(
  write: Write,
  signal: AbortSignal,
): Promise<{ object: RouteObject | undefined; routes: readonly JsonObject[] | undefined }> {
  const operations = writeOperations(write.object, write.entry, write.journal)
  try {
    const answer = await write.api.patch(
      resourcePath(write.resource),
      operations,
      { dryRun: true },
      signal,
    )
    const object = parseRouteObject(answer)
    const entry = object && findEntryAgain(object, write.entry.match)
    return { object, routes: entry?.routes }
  } catch (error) {
    throw await stopForWrite(error, write.api, write.resource, 'the dry run of the write', signal)
  }
}

/**
 * Writes the weights. Where another write came in between, it is tried again on what is there now,
 * as long as weights, mark and identity are what they were; where the answer was lost, the journal
 * on the object says whether the write landed.
 */
export async function writeWeights(write: Write, signal: AbortSignal): Promise<RouteObject> {
  let { object, entry } = write
  for (let tryNumber = 1; ; tryNumber += 1) {
    try {
      const operations = writeOperations(object, entry, write.journal)
      const answer = await write.api.patch(
        resourcePath(write.resource),
        operations,
        { dryRun: false },
        signal,
      )
      return parseRouteObject(answer) ?? object
    } catch (error) {
      const unclear =
        error instanceof ApiError &&
        (error.status === undefined ||
          error.status === 409 ||
          error.status === 422 ||
          error.status >= 500)
      if (!unclear || signal.aborted)
        throw await stopForWrite(error, write.api, write.resource, 'the write', signal)
      const now = await lookAgain(write, object, error, signal)
      if (now.landed) return now.object
      if (error.status !== 409 || tryNumber === TRIES) throw stopFor(error, 'the write')
      object = now.object
      entry = now.entry
    }
  }
}

type LookedAgain =
  | { landed: true; object: RouteObject }
  | { landed: false; object: RouteObject; entry: Entry }

async function lookAgain(
  write: Write,
  before: RouteObject,
  refused: ApiError,
  signal: AbortSignal,
): Promise<LookedAgain> {
  let object: RouteObject | undefined
  try {
    object = parseRouteObject(await write.api.get(resourcePath(write.resource), signal))
  } catch (error) {
    if (error instanceof ApiError && error.status === 404)
      throw changed('was deleted while the run was in progress')
    throw stopFor(refused, 'the write')
  }
  if (object === undefined) throw stopFor(refused, 'the write')
  if (object.uid !== before.uid)
    throw changed('was deleted and made anew while the run was in progress')
  const entry = findEntryAgain(object, write.entry.match)
  const found = readJournal(object)
  if (
    found.kind === 'found' &&
    found.journal.owner === write.journal.owner &&
    entry &&
    sameJson([...entry.routes], [...write.journal.written])
  ) {
    return { landed: true, object }
  }
  const sameMark = object.annotations[JOURNAL] === before.annotations[JOURNAL]
  if (!entry || !sameMark || !sameJson([...entry.routes], [...write.entry.routes])) {
    throw changed('was changed by somebody else while the run was in progress')
  }
  return { landed: false, object, entry }
}

function changed(what: string): Stop {
  return new Stop(
    'error',
    'changed-by-other',
    `the VirtualService ${what}`,
    'See who writes it (kubectl get --show-managed-fields), then run again.',
  )
}
