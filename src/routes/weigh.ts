import { type JsonObject, sameJson } from '../kube/json.ts'
import { type PatchOperation, pointer } from '../kube/json-patch.ts'
import { type Rule, routePath } from './rule.ts'
import type { Edit } from './weight-edit.ts'

/**
 * The entry's route list with these whole percents as weights: everything else of it, and the
 * order of its fields, stays as it is. A weight that is there already is not rewritten.
 */
export function routesWith(rule: Rule, edit: Edit, percents: readonly number[]): JsonObject[] {
  const present =
    rule.destinations.length === edit.names.length
      ? rule.written
      : [...rule.written, ...(edit.added ? [edit.added] : [])]
  return present.map((route, index) => {
    const weight = percents[index] ?? 0
    const untouched = (route.weight ?? 0) === weight && present.length > 1
    return untouched ? route : { ...route, weight }
  })
}

/** Whether shares (sum 1) and percents (sum 100) say the same. */
export function sharesEqual(shares: readonly number[], percents: readonly number[]): boolean {
  return (
    shares.length === percents.length &&
    shares.every((share, i) => Math.abs(share * 100 - (percents[i] ?? 0)) < 1e-9)
  )
}

/** The operations that turn the entry's route list into `routes`, one a weight that changes or a destination that is added. */
export function routeOperations(rule: Rule, routes: readonly JsonObject[]): PatchOperation[] {
  const operations: PatchOperation[] = []
  for (const [index, route] of routes.entries()) {
    const before = rule.written[index]
    if (before === undefined)
      operations.push({ op: 'add', path: pointer(...routePath(rule), '-'), value: route })
    else if (!sameJson(before, route)) {
      const path = pointer(...routePath(rule), index, 'weight')
      operations.push({
        op: before.weight === undefined ? 'add' : 'replace',
        path,
        value: route.weight ?? 0,
      })
    }
  }
  return operations
}

/** The operation that puts a whole route list back as it was. */
export function restoreOperation(rule: Rule, original: readonly JsonObject[]): PatchOperation {
  return { op: 'replace', path: pointer(...routePath(rule)), value: [...original] }
}
