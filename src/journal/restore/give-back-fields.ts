import { ApiError } from '../../kube/api-error.ts'
import { fieldsGivenBack, managedFieldsOf, stillOwned } from '../../kube/field-owners.ts'
import { sameJson } from '../../kube/json.ts'
import { resourcePath } from '../../kube/resources.ts'
import { within } from '../../kube/within.ts'
import { answeredObject } from '../../routes/object/answered-object.ts'
import { guardOperations } from '../../routes/object/object-guards.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { JOURNAL } from '../journal.ts'
import { ATTEMPTS } from '../write/write-error.ts'
import type { Written } from '../write/written.ts'
import type { ReleaseSettings } from './run-restore.ts'

/** Only clients that apply server-side need it, so a rollback does not wait longer. Milliseconds. */
const LIMIT_MS = 2000

/**
 * Gives the fields of a restored object back to the field managers that owned them before the run. Otherwise the
 * next `kubectl apply --server-side` meets a conflict. Only where the whole spec is as it was: what another client
 * changed in the meantime is theirs.
 */
export async function giveBackFields(
  { api, onWarning }: Pick<ReleaseSettings, 'api' | 'onWarning'>,
  { before, resource }: Pick<Written, 'before' | 'resource'>,
  object: RouteObject,
  signal: AbortSignal,
): Promise<void> {
  const fields = { api, before, resource, object }
  const given = await within({ ms: LIMIT_MS, signal }, (late) => giveBack(fields, late)).catch(
    () => false,
  )
  if (!given) onWarning(stillOwned(api, object.name))
}

type Fields = Pick<ReleaseSettings, 'api'> &
  Pick<Written, 'before' | 'resource'> & {
    /** The restored object. */
    object: RouteObject
  }

/**
 * Gives the fields back, on a later version of the object where something other than its spec was written in between. A
 * controller writes the status of a route just after each new generation.
 */
async function giveBack(fields: Fields, signal: AbortSignal): Promise<boolean> {
  const { api, resource, object } = fields
  const calls = api.withAttemptLimit(LIMIT_MS)
  for (let now = object, attemptNumber = 1; ; attemptNumber += 1) {
    const sent = await sendOwners({ ...fields, object: now }, signal).catch((error: unknown) => ({
      error,
    }))
    if (typeof sent === 'boolean') return sent
    const isStale = sent.error instanceof ApiError && sent.error.status === 409
    if (!isStale || attemptNumber === ATTEMPTS) throw sent.error
    now = answeredObject(await calls.get(resourcePath(resource), signal), resource, 'GET')
    const isSame = now.uid === object.uid && now.generation === object.generation
    if (!isSame || now.annotations[JOURNAL] !== undefined) return false
  }
}

/** Whether this tool owns nothing any more that it did not own before. */
async function sendOwners(
  { api, before, resource, object }: Fields,
  signal: AbortSignal,
): Promise<boolean> {
  const value = fieldsGivenBack(managedFieldsOf(before.raw), managedFieldsOf(object.raw))
  if (value === undefined) return true
  if (!sameJson(object.spec, before.spec)) return false
  const operations = [
    ...guardOperations(object),
    { op: 'replace' as const, path: '/metadata/managedFields', value },
  ]
  await api
    .withAttemptLimit(LIMIT_MS)
    .patch(resourcePath(resource), operations, { dryRun: false }, signal)
  return true
}
