import { at, isObject, type Json, type JsonObject } from '../mesh/json.ts'

const MERGE_KEY = '<<'

/**
 * Why the values of a route list are not what a cluster would take them for; undefined where they
 * are. A key that comes by a merge key is not among its mapping's, and a weight that is no whole
 * number counts as none: both would make other shares of the list than it means.
 *
 * @param path the steps to the list from the object
 */
export function unclearRoutes(
  object: JsonObject,
  path: readonly (string | number)[],
): string | undefined {
  const onTheWay = path.map((_, index) => at(object, ...path.slice(0, index)))
  const routes = at(object, ...path)
  if (onTheWay.some(isMerged) || valuesOf(routes).some(isMerged))
    return 'routes without merge keys (<<), which this tool does not resolve'
  const weights = Array.isArray(routes) ? routes.map((_, index) => at(routes, index, 'weight')) : []
  const odd = weights.find((weight) => weight !== undefined && !isWhole(weight))
  return odd === undefined
    ? undefined
    : `whole numbers as weights; the route list has ${JSON.stringify(odd)}`
}

function isMerged(value: Json | undefined): boolean {
  return isObject(value) && Object.hasOwn(value, MERGE_KEY)
}

function isWhole(value: Json): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0
}

/** A value and all that is in it. */
function valuesOf(value: Json | undefined): Json[] {
  if (value === undefined) return []
  if (Array.isArray(value)) return [value, ...value.flatMap(valuesOf)]
  return isObject(value) ? [value, ...Object.values(value).flatMap(valuesOf)] : [value]
}
