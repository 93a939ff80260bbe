import { at, isObject, type Json, labelsAt } from '../../kube/json.ts'
import { type Problem, warning } from '../../problem/problem.ts'
import type { ManagedFields, RouteObject } from '../route-object.ts'
import { CONTROLLERS, type Controller, HELM, type Managed, ownersOf } from './controller-table.ts'

/**
 * A warning for each controller that manages the object: it may restore its own weights. There
 * is none where the object itself shows that its controller was told not to. The field manager alone is not enough: a later write by another
 * client takes the fields over, while labels and annotations stay.
 */
export function findControllers(object: RouteObject, context: string | undefined): Problem[] {
  const managed: Managed = {
    object,
    labels: labelsAt(object.raw, 'metadata', 'labels'),
    annotations: object.annotations,
    context,
  }
  const known = CONTROLLERS.filter((controller) => recognized(controller, managed) !== undefined)
  if (known.length > 0)
    return known.flatMap((controller) =>
      controller.isStopped?.(managed) ? [] : (recognized(controller, managed) ?? []),
    )
  return [recognized(HELM, managed) ?? findOwner(object)].filter((one) => one !== undefined)
}

function recognized(controller: Controller, managed: Managed): Problem | undefined {
  const { object } = managed
  const manager = object.managedFields.find(
    (rule) => controller.managers.test(rule.manager) && touchesSpec(rule),
  )
  const sign = manager === undefined ? controller.sign(managed) : `field manager ${manager.manager}`
  if (sign === undefined) return undefined
  return warning(
    'ITS-PREFLIGHT',
    `${controller.name} (${sign}) manages ${object.name} and may restore its own weights`,
    controller.advice(managed),
  )
}

/** Whatever made the object and controls it keeps it as it made it. */
function findOwner(object: RouteObject): Problem | undefined {
  const owner = ownersOf(object).find(({ controls }) => controls)
  if (!owner) return undefined
  return warning(
    'ITS-PREFLIGHT',
    `${owner.kind} ${owner.name} (${owner.apiVersion}) controls ${object.name}, and its controller may restore its own weights`,
    `Change the weights in ${owner.kind} ${owner.name}, or let it leave those of ${object.name} alone.`,
  )
}

/** When the spec was last written, by the API server's clock; undefined where managedFields does not say. */
export function specChangedAtMs(object: RouteObject): number | undefined {
  const times = object.managedFields.filter(touchesSpec).flatMap(({ timeMs }) => timeMs ?? [])
  return times.length === 0 ? undefined : Math.max(...times)
}

/** When a field manager last wrote the spec; undefined where managedFields does not say. */
export function specWrittenAtMs(object: RouteObject, manager: string): number | undefined {
  const times = object.managedFields
    .filter((rule) => rule.manager === manager && touchesSpec(rule))
    .flatMap(({ timeMs }) => timeMs ?? [])
  return times.length === 0 ? undefined : Math.max(...times)
}

/**
 * The field manager that wrote the rules last, this tool's own included. undefined where managedFields
 * does not say: several at once, or none at or after `sinceMs`. An earlier owner is not the last writer:
 * a rollback gives fields back to it.
 */
export function lastSpecManager(
  object: RouteObject,
  sinceMs: number = Number.NEGATIVE_INFINITY,
): string | undefined {
  const owners = object.managedFields.filter(touchesSpec)
  const ofRules = owners.filter(({ fields }) => isObject(at(fields, 'f:spec', 'f:tcp')))
  const timed = (ofRules.length > 0 ? ofRules : owners).filter(
    ({ timeMs }) => timeMs !== undefined && timeMs >= sinceMs,
  )
  const latest = Math.max(...timed.map(({ timeMs = 0 }) => timeMs))
  const [last, other] = new Set(
    timed.filter(({ timeMs }) => timeMs === latest).map(({ manager }) => manager),
  )
  return other === undefined ? last : undefined
}

function touchesSpec(rule: ManagedFields): boolean {
  const fields: Json = rule.fields
  return isObject(fields) && 'f:spec' in fields
}
