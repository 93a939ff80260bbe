import { isObject, type Json, type JsonObject, numberAt, textAt, textsAt } from './json.ts'
import type { Cause } from './status-error.ts'

/** The part of a structural schema that the sandbox interprets. */
export type Schema = {
  type: string | undefined
  properties: ReadonlyMap<string, Schema>
  /** The schema of fields that `properties` does not name; undefined: they are pruned. */
  additional: Schema | undefined
  items: Schema | undefined
  required: readonly string[]
  allowed: readonly string[]
  minimum: number | undefined
  maximum: number | undefined
  nullable: boolean
  int32: boolean
  intOrString: boolean
  /** Fields that the schema does not name are kept. */
  preserves: boolean
}

/** A schema from the openAPIV3Schema of a CustomResourceDefinition. */
export function readSchema(source: Json | undefined): Schema {
  const properties = isObject(source) && isObject(source.properties) ? source.properties : {}
  const inner = (field: string) =>
    isObject(source) && isObject(source[field]) ? readSchema(source[field]) : undefined
  const says = (field: string) => isObject(source) && source[field] === true
  return {
    type: textAt(source, 'type'),
    properties: new Map(
      Object.entries(properties).map(([name, value]) => [name, readSchema(value)]),
    ),
    additional: inner('additionalProperties'),
    items: inner('items'),
    required: textsAt(source, 'required'),
    allowed: textsAt(source, 'enum'),
    minimum: numberAt(source, 'minimum'),
    maximum: numberAt(source, 'maximum'),
    nullable: says('nullable'),
    int32: textAt(source, 'format') === 'int32',
    intOrString: says('x-kubernetes-int-or-string'),
    preserves: says('x-kubernetes-preserve-unknown-fields'),
  }
}

/**
 * A value without the fields that are not in its schema, whose paths are added to `unknown`, and without nulls that the
 * schema does not allow.
 */
export function prune(value: Json, schema: Schema, unknown: string[], path = ''): Json {
  if (Array.isArray(value)) {
    const items = schema.items
    if (items === undefined) return value
    return value.map((item, index) => prune(item, items, unknown, `${path}[${index}]`))
  }
  if (!isObject(value)) return value
  const kept: JsonObject = {}
  for (const [field, inner] of Object.entries(value)) {
    const known = schema.properties.get(field) ?? schema.additional
    const at = path === '' ? field : `${path}.${field}`
    if (inner === null && known?.nullable === false) continue
    if (known !== undefined) kept[field] = prune(inner, known, unknown, at)
    else if (schema.preserves) kept[field] = inner
    else unknown.push(at)
  }
  return kept
}

/** Violations of the schema, in the words of the API server. */
export function breaches(value: Json, schema: Schema): Cause[] {
  const found = breachesBelow(value, schema, '')
  return found.some((one) => BLOCKING.includes(one.reason ?? '')) ? [...found, UNCHECKED] : found
}

/** After these the API server stops, because it cannot check an object with wrong types by the rules. */
const BLOCKING = ['FieldValueRequired', 'FieldValueTypeInvalid', 'FieldValueNotSupported']

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
    const items = schema.items
    if (items === undefined) return []
    return value.flatMap((item, index) => breachesBelow(item, items, `${path}[${index}]`))
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
  if (typeof value !== 'number') return []
  const told = (bound: string) =>
    cause('FieldValueInvalid', path, `Invalid value: ${value}: ${path} in body should be ${bound}`)
  if (schema.minimum !== undefined && value < schema.minimum)
    return [told(`greater than or equal to ${schema.minimum}`)]
  if (schema.maximum !== undefined && value > schema.maximum)
    return [told(`less than or equal to ${schema.maximum}`)]
  return []
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
