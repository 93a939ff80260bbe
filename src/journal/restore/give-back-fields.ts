import { fieldsGivenBack, managedFieldsOf, stillOwned } from '../../kube/field-owners.ts'
import { sameJson } from '../../kube/json.ts'
import { resourcePath } from '../../kube/resources.ts'
import type { Context } from '../../rollout/model/context.ts'
import { guardOperations } from '../../routes/object-guards.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Written } from '../write/written.ts'

/** It helps those who apply server-side, and may cost a rollback no time. */
const LIMIT_MS = 2000

/**
 * Gives the fields of a restored object back to the field managers that owned them before the run:
 * else the next `kubectl apply --server-side` meets a conflict with a run that left nothing else
 * behind. Only where the spec is all as it was: what somebody else changed in the meantime is theirs.
 */
export async function giveBackFields(
  { api, emit }: Pick<Context, 'api' | 'emit'>,
  { before, resource }: Pick<Written, 'before' | 'resource'>,
  object: RouteObject,
  signal: AbortSignal,
): Promise<void> {
  const given = await giveBack({ api, before, resource, object }, signal).catch(() => false)
  if (!given) emit({ kind: 'finding', finding: stillOwned(object.name) })
}

type Fields = Pick<Context, 'api'> &
  Pick<Written, 'before' | 'resource'> & {
    /** The restored object. */
    object: RouteObject
  }

/** Whether nothing belongs to this tool any more that did not before. */
async function giveBack(
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
