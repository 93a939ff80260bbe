import { dig, isObject, type Json, listAt, numberAt, textAt, textsAt } from '../json.ts'

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
  /** The least and the greatest number of characters of a text, or of items of a list. */
  least: number | undefined
  most: number | undefined
  pattern: RegExp | undefined
  /** What is stored where the field is missing. */
  default: Json | undefined
  /** The messages of its CEL rules. */
  rules: readonly string[]
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
  const pattern = textAt(source, 'pattern')
  const rules = listAt(source, 'x-kubernetes-validations')
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
    least: numberAt(source, 'minItems') ?? numberAt(source, 'minLength'),
    most: numberAt(source, 'maxItems') ?? numberAt(source, 'maxLength'),
    pattern: pattern === undefined ? undefined : new RegExp(pattern),
    default: dig(source, 'default'),
    rules: rules.flatMap((rule) => textAt(rule, 'message') ?? []),
    nullable: says('nullable'),
    int32: textAt(source, 'format') === 'int32',
    intOrString: says('x-kubernetes-int-or-string'),
    preserves: says('x-kubernetes-preserve-unknown-fields'),
  }
}
