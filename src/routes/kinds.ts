import { GATEWAY_API_KINDS } from './gateway-api/gateway-api-kinds.ts'
import { VIRTUAL_SERVICE } from './istio/virtual-service.ts'
import type { RouteKind } from './route-kind.ts'
import type { RouteObject } from './route-object.ts'
import type { Rule } from './rule.ts'

/** Every kind of route object that can be shifted. */
export const ROUTE_KINDS: RouteKind[] = [VIRTUAL_SERVICE, ...GATEWAY_API_KINDS]

/** What is particular to a kind, by its name. Fails for a name that is not a kind of route object. */
export function kindNamed(name: string): RouteKind {
  const found = ROUTE_KINDS.find(({ kind }) => kind === name)
  if (found === undefined) throw new RangeError(`${JSON.stringify(name)} is not a route object`)
  return found
}

/** Whether objects of a kind can be shifted. */
export function isKnownKind(name: string): boolean {
  return ROUTE_KINDS.some(({ kind }) => kind === name)
}

export function kindOf(object: Pick<RouteObject, 'kind'>): RouteKind {
  return kindNamed(object.kind)
}

/** The name of an object's kind in a kubectl command about one object. */
export function kubectlType({ kind }: Pick<RouteObject, 'kind'>): string {
  return isKnownKind(kind) ? kindNamed(kind).kubectl.one : kind.toLowerCase()
}

/** The rules of a route object. Those of one protocol are in the order in which they are matched. */
export function rulesOf(object: RouteObject): readonly Rule[] {
  return kindOf(object).rules(object)
}
