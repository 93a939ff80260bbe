import { ApiError } from '../../kube/api-error.ts'
import { type Json, textAt } from '../../kube/json.ts'
import { type Resource, resourcePath } from '../../kube/resources.ts'
import { parseRouteObject, type RouteObject } from '../route-object.ts'

/** An answer that is not about the requested object. */
export class OtherAnswer extends ApiError {
  constructor(call: string, what: string) {
    super(call, `${call} was answered with ${what}`)
    this.name = 'OtherAnswer'
  }
}

/**
 * The object in the answer to a call on one object. An answer that is not an object, or is an object of another kind,
 * namespace or name, is thrown as an error without a status, like a lost answer.
 */
export function answeredObject(answer: Json, resource: Resource, method: string): RouteObject {
  const call = `${method} ${resourcePath(resource)}`
  const object = parseRouteObject(answer)
  if (!object) throw new OtherAnswer(call, 'something that is not an object')
  if (!isOf(object, resource)) {
    const other = `${object.kind} ${object.namespace}/${object.name}`
    throw new OtherAnswer(call, `another object (${other})`)
  }
  return object
}

/** The plural of every kind of route object is its name with an s. */
function isOf(object: RouteObject, { group, plural, namespace, name }: Resource): boolean {
  return (
    `${object.kind.toLowerCase()}s` === plural &&
    (textAt(object.raw, 'apiVersion') ?? '').startsWith(`${group}/`) &&
    object.namespace === namespace &&
    object.name === name
  )
}
