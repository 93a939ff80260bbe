import {
  isObject,
  type Json,
  type JsonObject,
  objectsAt,
  sameJson,
  textAt,
  textsAt,
} from '../../../kube/json.ts'
import type { StampFormat } from '../../rule-format.ts'
import { STAMP_HEADER } from '../../weights/stamps.ts'

const TYPE = 'ResponseHeaderModifier'
const FIELD = 'responseHeaderModifier'

/** The most headers that one filter can set. */
const MOST_HEADERS = 16
/** The most filters that a backend can have. */
const MOST_FILTERS = 16

/**
 * How a backend makes the gateway name it in its replies: by a filter that sets a response header. A backend has at most
 * one filter of the type, so that one which is there gets the header too.
 */
export const FILTER_STAMP: StampFormat = {
  of: (item) => textAt(filtersOf(item).flatMap(setIn).find(isStamp), 'value'),
  stamped: (item, value, before) =>
    value === undefined
      ? withoutStamp(item, before)
      : withFilters(item, stampedFilters(filtersOf(item), value)),
  conflict: (rule, items) => {
    const own = objectsAt(rule, 'filters').filter(isModifier).flatMap(namingIn)[0]
    if (own !== undefined)
      return `filters.${FIELD}.${own} of the rule names the header ${STAMP_HEADER}`
    const [found] = items.flatMap((item, index) => {
      const why = conflictIn(filtersOf(item))
      return why === undefined ? [] : [`backendRefs[${index}].filters${why}`]
    })
    return found
  },
}

function filtersOf(item: JsonObject): JsonObject[] {
  return objectsAt(item, 'filters')
}

function isModifier(filter: JsonObject): boolean {
  return textAt(filter, 'type') === TYPE
}

function setIn(filter: JsonObject): JsonObject[] {
  return isModifier(filter) ? objectsAt(filter, FIELD, 'set') : []
}

function isStamp(header: JsonObject): boolean {
  return isName(textAt(header, 'name') ?? '')
}

function isName(name: string): boolean {
  return name.toLowerCase() === STAMP_HEADER
}

/** The filters with a stamp, or without one and without what is empty then. */
function stampedFilters(filters: readonly JsonObject[], value: string | undefined): JsonObject[] {
  const stamp = value === undefined ? [] : [{ name: STAMP_HEADER, value }]
  if (stamp.length > 0 && !filters.some(isModifier))
    return [...filters, { type: TYPE, [FIELD]: { set: stamp } }]
  return filters.flatMap((filter) => {
    if (!isModifier(filter)) return [filter]
    const { set: _, ...others } = isObject(filter[FIELD]) ? filter[FIELD] : {}
    const set = [...setIn(filter).filter((header) => !isStamp(header)), ...stamp]
    if (set.length > 0) return [{ ...filter, [FIELD]: { ...others, set } }]
    return Object.keys(others).length === 0 ? [] : [{ ...filter, [FIELD]: others }]
  })
}

function withFilters(item: JsonObject, filters: Json | undefined): JsonObject {
  const { filters: _, ...rest } = item
  return filters === undefined ? rest : { ...item, filters }
}

/** The filters without a stamp: those of `before`, if they differ in nothing but what is empty. */
function withoutStamp(item: JsonObject, before: JsonObject | undefined): JsonObject {
  const plain = stampedFilters(filtersOf(item), undefined)
  const had = before && stampedFilters(filtersOf(before), undefined)
  if (before && sameJson(plain, had)) return withFilters(item, before.filters)
  return withFilters(item, plain.length === 0 ? undefined : plain)
}

/** What of a filter adds or removes the stamp's header, or sets it, which only counts at a rule. */
function namingIn(filter: JsonObject): string[] {
  const modifier = isObject(filter[FIELD]) ? filter[FIELD] : {}
  const fields = ['set', 'add'].filter((field) => objectsAt(modifier, field).some(isStamp))
  return textsAt(modifier, 'remove').some(isName) ? [...fields, 'remove'] : fields
}

/** What in the filters of a backend leaves no room for a stamp, or would double or remove it. */
function conflictIn(filters: readonly JsonObject[]): string | undefined {
  const modifier = filters.find(isModifier)
  if (modifier === undefined)
    return filters.length >= MOST_FILTERS
      ? ` has ${MOST_FILTERS} items, and no more fit in`
      : undefined
  // What a backend itself sets under this name is a stamp that an earlier run left, and is replaced.
  const naming = namingIn(modifier).find((field) => field !== 'set')
  if (naming !== undefined) return `.${FIELD}.${naming} names the header ${STAMP_HEADER}`
  const others = setIn(modifier).filter((header) => !isStamp(header))
  return others.length >= MOST_HEADERS
    ? `.${FIELD}.set has ${MOST_HEADERS} headers, and no more fit in`
    : undefined
}
