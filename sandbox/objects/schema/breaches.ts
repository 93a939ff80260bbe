import { isObject, type Json, type JsonObject } from '../json.ts'
import type { Cause } from '../status-error.ts'
import { brokenRules } from './rules.ts'
import type { Schema } from './schema.ts'

/** Violations of the schema, in the words of the API server. */
export function breaches(value: Json, schema: Schema): Cause[] {
  const found = breachesBelow(value, schema, '')
  if (found.some((one) => BLOCKING.includes(one.reason ?? ''))) return [...found, UNCHECKED]
  return [...found, ...brokenRules(value, schema, '')]
}

/** After these the API server stops, because it cannot check an object with wrong types by the rules. */
const BLOCKING = [
  'FieldValueRequired',
  'FieldValueTypeInvalid',
  'FieldValueNotSupported',
  'FieldValueTooLong',
  'FieldValueTooMany',
]

/** What the API server adds if an object was refused before all rules were checked. */
export const UNCHECKED: Cause = {
  reason: 'FieldValueInvalid',
  message:
    'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
  field: '<nil>',
}

function breachesBelow(value: Json, schema: Schema, path: string): Cause[] {
  if (value === null && schema.nullable) return []
  const type = typeOf(value)
  if (!typeFits(type, schema)) return wrongType(path, type, schema)
  if (Array.isArray(value)) {
    const { items } = schema
    const below =
      items && value.map((item, index) => breachesBelow(item, items, `${path}[${index}]`))
    return [...lengthBreaches(value, schema, path), ...(below ?? []).flat()]
  }
  if (isObject(value)) return breachesOfObject(value, schema, path)
  return breachesOfScalar(value, schema, path)
}

function breachesOfObject(value: JsonObject, schema: Schema, path: string): Cause[] {
  const below = (field: string) => (path === '' ? field : `${path}.${field}`)
  const missing = schema.required
    .filter((field) => !Object.hasOwn(value, field))
    .map((field) => cause('FieldValueRequired', below(field), 'Required value'))
  const inner = Object.entries(value).flatMap(([field, held]) => {
    const known = schema.properties.get(field) ?? schema.additional
    return known === undefined ? [] : breachesBelow(held, known, below(field))
  })
  return [...inner, ...missing]
}

function breachesOfScalar(value: Json, schema: Schema, path: string): Cause[] {
  if (typeof value === 'string' && schema.allowed.length > 0 && !schema.allowed.includes(value)) {
    const allowed = schema.allowed.map((one) => JSON.stringify(one)).join(', ')
    const message = `Unsupported value: ${JSON.stringify(value)}: supported values: ${allowed}`
    return [cause('FieldValueNotSupported', path, message)]
  }
  if (typeof value === 'string') return textBreaches(value, schema, path)
  if (typeof value !== 'number') return []
  const told = (bound: string) =>
    cause('FieldValueInvalid', path, `Invalid value: ${value}: ${path} in body should be ${bound}`)
  if (schema.minimum !== undefined && value < schema.minimum)
    return [told(`greater than or equal to ${schema.minimum}`)]
  if (schema.maximum !== undefined && value > schema.maximum)
    return [told(`less than or equal to ${schema.maximum}`)]
  return []
}

function textBreaches(value: string, schema: Schema, path: string): Cause[] {
  const found = lengthBreaches(value, schema, path)
  if (schema.pattern === undefined || schema.pattern.test(value)) return found
  const message = `Invalid value: ${JSON.stringify(value)}: ${path} in body should match '${schema.pattern.source}'`
  return [...found, cause('FieldValueInvalid', path, message)]
}

function lengthBreaches(value: string | Json[], { least, most }: Schema, path: string): Cause[] {
  const isText = typeof value === 'string'
  if (least !== undefined && value.length < least) {
    const bound = isText ? `be at least ${least} chars long` : `have at least ${least} items`
    const message = `Invalid value: ${isText ? JSON.stringify(value) : value.length}: ${path} in body should ${bound}`
    return [cause('FieldValueInvalid', path, message)]
  }
  if (most === undefined || value.length <= most) return []
  return isText
    ? [cause('FieldValueTooLong', path, `Too long: may not be more than ${most} bytes`)]
    : [
        cause(
          'FieldValueTooMany',
          path,
          `Too many: ${value.length}: must have at most ${most} ${most === 1 ? 'item' : 'items'}`,
        ),
      ]
}

function typeOf(value: Json): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function typeFits(type: string, schema: Schema): boolean {
  if (schema.intOrString) return type === 'integer' || type === 'string'
  if (schema.type === undefined || schema.type === type) return true
  return schema.type === 'number' && type === 'integer'
}

function wrongType(path: string, type: string, schema: Schema): Cause[] {
  const told = (expected: string | undefined, found: string) =>
    cause(
      'FieldValueTypeInvalid',
      path,
      `Invalid value: "${found}": ${path} in body must be of type ${expected}: "${found}"`,
    )
  // The real validator has peculiarities: it has no name for some types, and reports a fraction twice.
  if (schema.int32 && ['boolean', 'object'].includes(type)) return [told('int32', '')]
  if (schema.int32 && type === 'number')
    return [told('int32', 'float64'), cause('FieldValueInvalid', '<nil>', notInt32(path))]
  return [told(schema.intOrString ? 'integer,string' : schema.type, type)]
}

function notInt32(path: string): string {
  return `Invalid value: "": Checked value must be of type integer with format int32 in ${path}`
}

function cause(reason: string, field: string, message: string): Cause {
  return { reason, message, field }
}
