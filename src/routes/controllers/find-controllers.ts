import { labelsAt } from '../../kube/json.ts'
import type { ClusterFlags } from '../../kube/kubectl.ts'
import { type Problem, warning } from '../../problem/problem.ts'
import { kindOf } from '../kinds.ts'
import type { RouteObject } from '../route-object.ts'
import type { Rule } from '../rule.ts'
import { type Controller, type Managed, ownersOf } from './controller.ts'
import { CONTROLLERS, HELM } from './known-controllers.ts'
import { touchesSpec } from './spec-writers.ts'

/**
 * A warning for each controller that manages the object, because it may restore its own weights. A controller that the
 * object itself shows to be stopped gets none. The field manager alone does not decide: a later write by another client
 * takes over the fields, while labels and annotations stay.
 */
export function findControllers(
  object: RouteObject,
  { path, format }: Pick<Rule, 'path' | 'format'>,
  cluster: ClusterFlags,
): Problem[] {
  const managed: Managed = {
    object,
    labels: labelsAt(object.raw, 'metadata', 'labels'),
    annotations: object.annotations,
    cluster,
    group: kindOf(object).api.group,
    fields: { rules: String(path[1]), destinations: format.list, weight: format.weight },
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
    (item) => controller.managers.test(item.manager) && touchesSpec(item),
  )
  const sign = manager === undefined ? controller.sign(managed) : `field manager ${manager.manager}`
  if (sign === undefined) return undefined
  return warning(
    'ITS-CONTROLLER',
    `${controller.name} (${sign}) manages ${object.name} and may restore its own weights.`,
    controller.advice(managed),
  )
}

/** A controller that is not in the table, but owns the object and keeps it as it created it. */
function findOwner(object: RouteObject): Problem | undefined {
  const owner = ownersOf(object).find(({ controls }) => controls)
  if (!owner) return undefined
  return warning(
    'ITS-CONTROLLER',
    `${owner.kind} ${owner.name} (${owner.apiVersion}) owns ${object.name}, and its controller may restore its own weights.`,
    `Change the weights in ${owner.kind} ${owner.name}, or configure its controller to ignore those of ${object.name}.`,
  )
}
