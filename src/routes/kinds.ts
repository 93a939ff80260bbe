import { VIRTUAL_SERVICE } from './istio/virtual-service.ts'
import type { RouteKind } from './route-kind.ts'
import type { RouteObject } from './route-object.ts'
import type { Rule } from './rule.ts'

/** Every kind of route object that can be shifted. */
export const ROUTE_KINDS: RouteKind[] = [VIRTUAL_SERVICE]

/** What is particular to a kind, by its name. A name that only a journal edited by others can have is read as the oldest kind. */
export function kindNamed(name: string): RouteKind {
  return ROUTE_KINDS.find(({ kind }) => kind === name) ?? VIRTUAL_SERVICE
}

export function kindOf(object: Pick<RouteObject, 'kind'>): RouteKind {
  return kindNamed(object.kind)
}

/** The rules of a route object. Those of one protocol are in the order in which they are matched. */
export function rulesOf(object: RouteObject): readonly Rule[] {
  return kindOf(object).rules(object)
}
