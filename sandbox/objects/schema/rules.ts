import { isDeepStrictEqual } from 'node:util'
import { dig, isObject, type Json, listAt, numberAt, textAt } from '../json.ts'
import type { Cause } from '../status-error.ts'
import type { Schema } from './schema.ts'

/** Broken CEL rules of a value whose types are right. Only the rules of this file are checked. */
export function brokenRules(value: Json, schema: Schema, path: string): Cause[] {
  const kind = Array.isArray(value) ? 'array' : typeof value
  const broken = schema.rules
    .filter((message) => !holds(message, value))
    .map((message) => ({
      reason: 'FieldValueInvalid',
      message: `Invalid value: ${JSON.stringify(kind)}: ${message}`,
      field: path,
    }))
  return [...broken, ...below(value, schema, path)]
}

function below(value: Json, schema: Schema, path: string): Cause[] {
  if (Array.isArray(value)) {
    const { items } = schema
    if (items === undefined) return []
    return value.flatMap((item, index) => brokenRules(item, items, `${path}[${index}]`))
  }
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([field, inner]) => {
    const known = schema.properties.get(field) ?? schema.additional
    const at = path === '' ? field : `${path}.${field}`
    return known === undefined ? [] : brokenRules(inner, known, at)
  })
}

function holds(message: string, value: Json): boolean {
  const rule = RULES[message] ?? familyOf(message)
  return rule === undefined || rule(value)
}

type Rule = (value: Json) => boolean

const items = (value: Json) => (Array.isArray(value) ? value : [])
const has = (value: Json, field: string) => isObject(value) && value[field] !== undefined
const isOf = (value: Json, ...protocols: readonly string[]) =>
  protocols.includes(textAt(value, 'protocol') ?? '')
const isPlainPath = (value: Json) => textAt(value, 'type') !== 'RegularExpression'
const pathOf = (value: Json) => textAt(value, 'value') ?? ''

/** Rules of the same form for several fields or types. */
function familyOf(message: string): Rule | undefined {
  const [, unwanted, onlyType] =
    /^filter\.(\w+) must be nil if the filter\.type is not (\w+)$/.exec(message) ?? []
  if (unwanted !== undefined)
    return (value) => !has(value, unwanted) || textAt(value, 'type') === onlyType
  const [, wanted, itsType] =
    /^filter\.(\w+) must be specified for (\w+) filter\.type$/.exec(message) ?? []
  if (wanted !== undefined)
    return (value) => has(value, wanted) || textAt(value, 'type') !== itsType
  const [, once] = /^(\w+) filter cannot be repeated$/.exec(message) ?? []
  if (once !== undefined)
    return (value) => items(value).filter((one) => textAt(one, 'type') === once).length <= 1
  return undefined
}

const RULES: Readonly<Record<string, Rule>> = {
  'Must have port for Service reference': (value) =>
    textAt(value, 'group') !== '' || textAt(value, 'kind') !== 'Service' || has(value, 'port'),
  'May specify either httpRouteFilterRequestRedirect or httpRouteFilterRequestRewrite, but not both':
    (value) =>
      !['RequestRedirect', 'URLRewrite'].every((type) =>
        items(value).some((one) => textAt(one, 'type') === type),
      ),
  'RequestRedirect filter must not be used together with backendRefs': (value) =>
    listAt(value, 'backendRefs').length === 0 ||
    listAt(value, 'filters').every((one) => !has(one, 'requestRedirect')),
  'sectionName must be specified when parentRefs includes 2 or more references to the same parent':
    (value) =>
      pairs(value).every(
        ([one, other]) =>
          !sameParent(one, other) || has(one, 'sectionName') === has(other, 'sectionName'),
      ),
  'sectionName must be unique when parentRefs includes 2 or more references to the same parent': (
    value,
  ) =>
    pairs(value).every(
      ([one, other]) =>
        !sameParent(one, other) ||
        ['sectionName', 'port'].some((field) => dig(one, field) !== dig(other, field)),
    ),
  "value must be an absolute path and start with '/' when type one of ['Exact', 'PathPrefix']": (
    value,
  ) => !isPlainPath(value) || pathOf(value).startsWith('/'),
  "must not contain '//' when type one of ['Exact', 'PathPrefix']": (value) =>
    !isPlainPath(value) || !pathOf(value).includes('//'),
  "One or both of 'service' or 'method' must be specified": (value) =>
    !has(value, 'type') || has(value, 'service') || has(value, 'method'),
  "tls must not be specified for protocols ['HTTP', 'TCP', 'UDP']": (value) =>
    items(value).every((one) => !isOf(one, 'HTTP', 'TCP', 'UDP') || !has(one, 'tls')),
  'tls mode must be Terminate for protocol HTTPS': (value) =>
    items(value).every(
      (one) =>
        !isOf(one, 'HTTPS') || !has(one, 'tls') || textAt(one, 'tls', 'mode') === 'Terminate',
    ),
  'tls mode must be set for protocol TLS': (value) =>
    items(value).every((one) => !isOf(one, 'TLS') || textAt(one, 'tls', 'mode') !== undefined),
  "hostname must not be specified for protocols ['TCP', 'UDP']": (value) =>
    items(value).every((one) => !isOf(one, 'TCP', 'UDP') || !has(one, 'hostname')),
  'Listener name must be unique within the Gateway': (value) =>
    pairs(value).every(([one, other]) => textAt(one, 'name') !== textAt(other, 'name')),
  'Combination of port, protocol and hostname must be unique for each listener': (value) =>
    pairs(value).every(([one, other]) =>
      ['port', 'protocol', 'hostname'].some((field) => dig(one, field) !== dig(other, field)),
    ),
  'certificateRefs or options must be specified when mode is Terminate': (value) =>
    textAt(value, 'mode') !== 'Terminate' ||
    listAt(value, 'certificateRefs').length > 0 ||
    Object.keys(isObject(value) && isObject(value.options) ? value.options : {}).length > 0,
}

function pairs(value: Json): [Json, Json][] {
  const list = items(value)
  return list.flatMap((one, index) =>
    list.slice(index + 1).map((other): [Json, Json] => [one, other]),
  )
}

function sameParent(one: Json, other: Json): boolean {
  const keyOf = (parent: Json) =>
    ['group', 'kind', 'name', 'namespace'].map((field) => textAt(parent, field) ?? '')
  const isBoth = isDeepStrictEqual(keyOf(one), keyOf(other))
  // Where both name a port, the real rule compares that too.
  return isBoth && numberAt(one, 'port') === numberAt(other, 'port')
}
