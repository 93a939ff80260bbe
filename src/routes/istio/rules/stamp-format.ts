import { at, isObject, type Json, type JsonObject, textsAt } from '../../../kube/json.ts'
import type { StampFormat } from '../../rule-format.ts'
import { STAMP_HEADER } from '../../weights/stamps.ts'

/**
 * How an http rule of a VirtualService makes Envoy name the destination in its replies. The header is set, never added: a
 * reply that Envoy makes itself would get an added one twice.
 */
export const HTTP_STAMP: StampFormat = {
  of: (item) => {
    const value = setHeaders(item)[STAMP_HEADER]
    return typeof value === 'string' ? value : undefined
  },
  stamped: (item, value, before = {}) => {
    const { [STAMP_HEADER]: _, ...others } = setHeaders(item)
    const set = value === undefined ? others : { ...others, [STAMP_HEADER]: value }
    const headers = objectAt(item, 'headers')
    const had = objectAt(before, 'headers')
    const inResponse = { field: 'set', part: set, before: objectAt(had, 'response') }
    const response = withPart(objectAt(headers, 'response'), inResponse)
    const inHeaders = { field: 'response', part: response, before: had }
    return withPart(item, { field: 'headers', part: withPart(headers, inHeaders), before })
  },
  conflict: (rule, items) => {
    const own = namingIn(objectAt(rule, 'headers', 'response'))
    if (own !== undefined)
      return `headers.response.${own} of the rule names the header ${STAMP_HEADER}`
    // What a destination itself sets under this name is a stamp that an earlier run left, and is replaced.
    const others = items.map((item) =>
      namingIn({ ...objectAt(item, 'headers', 'response'), set: {} }),
    )
    const index = others.findIndex((field) => field !== undefined)
    return index < 0
      ? undefined
      : `route[${index}].headers.response.${others[index]} names the header ${STAMP_HEADER}`
  },
}

function setHeaders(item: JsonObject): JsonObject {
  return objectAt(item, 'headers', 'response', 'set')
}

type Part = { field: string; part: JsonObject; before: JsonObject }

/** An object with another one in a field; without the field where that is empty, unless it was there and empty before. */
function withPart(whole: JsonObject, { field, part, before }: Part): JsonObject {
  if (Object.keys(part).length > 0) return { ...whole, [field]: part }
  const { [field]: _, ...rest } = whole
  const had = before[field]
  if (had === undefined || Object.keys(objectAt(had)).length > 0) return rest
  return { ...whole, [field]: had }
}

/** The field of response headers that names the stamp's header, so that it would win over a stamp, or double it. */
function namingIn(response: JsonObject): string | undefined {
  const names = (field: string): string[] =>
    isObject(response[field]) ? Object.keys(response[field]) : textsAt(response, field)
  return ['set', 'add', 'remove'].find((field) =>
    names(field).some((name) => name.toLowerCase() === STAMP_HEADER),
  )
}

function objectAt(value: Json, ...path: string[]): JsonObject {
  const found = at(value, ...path)
  return isObject(found) ? found : {}
}
