import { at, isObject } from '../../kube/json.ts'
import { kindOf } from '../kinds.ts'
import type { ManagedFields, RouteObject } from '../route-object.ts'

/** When the spec was last written, by the API server's clock; undefined where managedFields has no time. */
export function specChangedAtMs(object: RouteObject): number | undefined {
  const times = object.managedFields.filter(touchesSpec).flatMap(({ timeMs }) => timeMs ?? [])
  return times.length === 0 ? undefined : Math.max(...times)
}

/** When a field manager last wrote the spec; undefined where managedFields has no time. */
export function specWrittenAtMs(object: RouteObject, manager: string): number | undefined {
  const times = object.managedFields
    .filter((item) => item.manager === manager && touchesSpec(item))
    .flatMap(({ timeMs }) => timeMs ?? [])
  return times.length === 0 ? undefined : Math.max(...times)
}

/**
 * The field manager that wrote the rules last, this tool's own included. undefined where managedFields does not show
 * it: several wrote at once, or none at or after `sinceMs`. An earlier owner is not the last writer, because a rollback
 * gives fields back to it.
 */
export function lastSpecManager(
  object: RouteObject,
  sinceMs: number = Number.NEGATIVE_INFINITY,
): string | undefined {
  const owners = object.managedFields.filter(touchesSpec)
  const { ruleLists } = kindOf(object)
  const ofRules = owners.filter(({ fields }) =>
    ruleLists.some((list) => isObject(at(fields, 'f:spec', `f:${list}`))),
  )
  const timed = (ofRules.length > 0 ? ofRules : owners).filter(
    ({ timeMs }) => timeMs !== undefined && timeMs >= sinceMs,
  )
  const latest = Math.max(...timed.map(({ timeMs = 0 }) => timeMs))
  const [last, other] = new Set(
    timed.filter(({ timeMs }) => timeMs === latest).map(({ manager }) => manager),
  )
  return other === undefined ? last : undefined
}

/** Whether a field manager owns a field of the spec. */
export function touchesSpec({ fields }: ManagedFields): boolean {
  return isObject(fields) && 'f:spec' in fields
}
