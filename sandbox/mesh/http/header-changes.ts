import { dig, type Json, objectAt, textsAt } from '../../objects/json.ts'
import type { HeaderChanges, MessageChanges } from './routes.ts'

/** Header names in lower case with their values, in order. */
export type HeaderList = readonly (readonly [name: string, value: string])[]

const NONE: HeaderChanges = { remove: [], set: [], add: [] }
export const NO_CHANGES: MessageChanges = { request: NONE, response: NONE, authority: undefined }

/** The changes in `headers` of a rule or a destination. Source: istio, TranslateHeadersOperations. */
export function changesOf(headers: Json | undefined): MessageChanges {
  if (headers === undefined) return NO_CHANGES
  const request = objectAt(headers, 'request')
  return {
    request: listsOf(request),
    response: listsOf(objectAt(headers, 'response')),
    authority: authorityIn(request.set) ?? authorityIn(request.add),
  }
}

function listsOf(operations: Json): HeaderChanges {
  const pairs = (field: string) =>
    Object.entries(objectAt(operations, field))
      .flatMap(([name, value]) =>
        typeof value === 'string' ? [[name.toLowerCase(), value] as const] : [],
      )
      .filter(([name]) => !isInternal(name))
      .sort(([one], [other]) => (one < other ? -1 : 1))
  const remove = textsAt(operations, 'remove').map((name) => name.toLowerCase())
  return {
    remove: remove.filter((name) => !isInternal(name)),
    set: pairs('set'),
    add: pairs('add'),
  }
}

function isInternal(name: string): boolean {
  return name.startsWith(':') || name === 'host'
}

function authorityIn(values: Json | undefined): string | undefined {
  const found = Object.entries(objectAt(values ?? null)).find(([name]) =>
    ['host', ':authority'].includes(name.toLowerCase()),
  )
  const value = dig(values, found?.[0] ?? '')
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Changes of a rule, followed by those of its only destination. */
export function joined(one: MessageChanges, other: MessageChanges): MessageChanges {
  const both = (a: HeaderChanges, b: HeaderChanges): HeaderChanges => ({
    remove: [...a.remove, ...b.remove],
    set: [...a.set, ...b.set],
    add: [...a.add, ...b.add],
  })
  return {
    request: both(one.request, other.request),
    response: both(one.response, other.response),
    authority: one.authority ?? other.authority,
  }
}

/** Headers after changes. The headers that are set replace all of their name. */
export function changed(headers: HeaderList, changes: HeaderChanges): HeaderList {
  const without = (list: HeaderList, names: readonly string[]) =>
    names.length === 0 ? list : list.filter(([name]) => !names.includes(name))
  let list = without(headers, changes.remove)
  for (const [name, value] of changes.set) list = [...without(list, [name]), [name, value]]
  return [...list, ...changes.add]
}

/** The values of a header, joined as Envoy joins them; undefined if it is missing. */
export function headerValue(headers: HeaderList, name: string): string | undefined {
  const values = headers.filter(([one]) => one === name).map(([, value]) => value)
  return values.length === 0 ? undefined : values.join(',')
}
