import { type JsonObject, numberAt, objectsAt, textAt } from '../../../kube/json.ts'
import type { StampRefusal } from '../../route-kind.ts'
import type { RouteObject } from '../../route-object.ts'
import { type Condition, conditionsAt, quotedMessage } from './conditions-of.ts'

/** What a controller says about a route at one of its parents. */
export type ParentStatus = {
  controller: string
  /** `Gateway demo/web`, or `Gateway demo/web, listener http`. */
  parent: string
  conditions: readonly Condition[]
}

/** What controllers say about a route. One that has not seen it says nothing. */
export function parentStatusesOf(object: RouteObject): ParentStatus[] {
  return objectsAt(object.raw, 'status', 'parents').map((parent) => ({
    controller: textAt(parent, 'controllerName') ?? '',
    parent: parentText(parent, object.namespace),
    conditions: conditionsAt(parent),
  }))
}

function parentText(parent: JsonObject, own: string): string {
  const [kind, name] = [
    textAt(parent, 'parentRef', 'kind') ?? 'Gateway',
    textAt(parent, 'parentRef', 'name'),
  ]
  const namespace = textAt(parent, 'parentRef', 'namespace') ?? own
  const [section, port] = [
    textAt(parent, 'parentRef', 'sectionName'),
    numberAt(parent, 'parentRef', 'port'),
  ]
  const listener = section ? `, listener ${section}` : ''
  return `${kind} ${namespace}/${name}${listener}${port === undefined ? '' : `, port ${port}`}`
}

/** Conditions that must be true for a route to take effect as it is written. */
const MUST_HOLD = ['Accepted', 'ResolvedRefs']
/** A condition that says that a part of the route was left out. */
const PARTLY = 'PartiallyInvalid'

/**
 * Why a controller refuses the newest generation of a route, as a clause; undefined where none does, or none has looked
 * at it yet.
 */
export function rejectionOf(object: RouteObject): string | undefined {
  const [first] = parentStatusesOf(object).flatMap(({ controller, parent, conditions }) =>
    conditions
      .filter((condition) => isRefusal(condition) && isOfNewest(object, condition))
      .map((condition) => `${controller} says ${conditionText(condition)} for ${parent}`),
  )
  return first
}

function isRefusal({ type, status }: Condition): boolean {
  return MUST_HOLD.includes(type) ? status === 'False' : type === PARTLY && status === 'True'
}

/** Controllers may leave out the generation. Then nothing tells whether they have looked at the newest one. */
function isOfNewest({ generation }: RouteObject, condition: Condition): boolean {
  return generation !== undefined && condition.generation === generation
}

/** `ResolvedRefs is False (BackendNotFound), "backend(web.demo) not found",`. */
function conditionText(condition: Condition): string {
  const { type, status, reason } = condition
  const message = quotedMessage(condition)
  return `${type} is ${status}${reason === '' ? '' : ` (${reason})`}${message === '' ? '' : `, ${message},`}`
}

/** Whether some controller has looked at the newest generation of a route. */
export function isObserved(object: RouteObject): boolean {
  return parentStatusesOf(object).some(({ conditions }) =>
    conditions.some((condition) => isOfNewest(object, condition)),
  )
}

/**
 * Controllers of Istio whose proxies are Envoy, for gateways and for waypoints. They set headers of a single backend
 * without another effect on how it is chosen.
 * Source: istio, features.ManagedGatewayController and constants.ManagedGatewayMeshController.
 */
const OF_ISTIO = ['istio.io/gateway-controller', 'istio.io/mesh-controller']

/** Whether the proxies of a controller are Istio's. */
export function isIstio(controller: string): boolean {
  return OF_ISTIO.includes(controller)
}

/** The controllers that have written a status of a route at one of its parents. */
export function controllersAt(
  { raw, namespace: own }: RouteObject,
  { kind, namespace, name }: { kind: string; namespace: string; name: string },
): string[] {
  return objectsAt(raw, 'status', 'parents').flatMap((parent) => {
    const ref = (field: string) => textAt(parent, 'parentRef', field)
    const isParent =
      (ref('kind') ?? 'Gateway') === kind &&
      (ref('namespace') ?? own) === namespace &&
      ref('name') === name
    return isParent ? [textAt(parent, 'controllerName') ?? ''] : []
  })
}

/** Why replies cannot be stamped; undefined where every controller of the route can do it. */
export function stampRefusalOf(object: RouteObject): StampRefusal | undefined {
  const controllers = [...new Set(parentStatusesOf(object).map(({ controller }) => controller))]
  if (controllers.length === 0)
    return {
      why: `no controller has written a status of ${object.kind} ${object.name}, and only those of Istio are known to set a header for each backend`,
      remedy:
        'Check that its parentRefs name a Gateway that exists, and that the controller of this Gateway runs.',
    }
  const others = controllers.filter((controller) => !isIstio(controller))
  return others.length === 0
    ? undefined
    : {
        why: `${others.join(' and ')} may balance backends with filters in another way than those without, or ignore the filters`,
      }
}
