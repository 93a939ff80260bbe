import type { Shape } from '../src/options/shape.ts'
import { namesOf, OPTIONS, type Option } from '../src/options/table.ts'

type Schema = Readonly<Record<string, unknown>>

/** The JSON Schema of the files that `--config` reads, generated from the table of options. */
export function configSchema(): Schema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://raw.githubusercontent.com/istio-traffic-shift/istio-traffic-shift/main/docs/config.schema.json',
    title: 'Options of istio-traffic-shift',
    description:
      "A file for istio-traffic-shift --config FILE. The names are those of the action's inputs.",
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(
      OPTIONS.flatMap((option) => namesOf(option).map((name) => [name, propertyOf(option, name)])),
    ),
  }
}

function propertyOf(option: Option, name: string): Schema {
  const description = name === option.name ? option.text : `Another name for ${option.name}.`
  const forms = formsOf(option.shape)
  const preset = option.default === undefined ? {} : { default: presetOf(option) }
  return { description, ...preset, ...(forms.length === 1 ? forms[0] : { anyOf: forms }) }
}

/** The default with the type that it has in YAML. */
function presetOf({ shape, default: preset = '' }: Option): unknown {
  if (shape.boolean && ['true', 'false'].includes(preset)) return preset === 'true'
  return shape.number && preset !== 'auto' ? Number(preset) : preset
}

/** Each type that a value may have. */
function formsOf({ words, boolean, number, text, list, mapping }: Shape): Schema[] {
  return [
    ...(words && text === undefined ? [{ enum: words.flatMap(spellings) }] : []),
    ...(boolean ? [{ type: 'boolean' }] : []),
    ...(number ? [numberForm(number)] : []),
    ...(text ? [{ type: 'string', ...(text === true ? {} : { pattern: text.pattern }) }] : []),
    ...(list ? [listForm(list)] : []),
    ...(mapping ? [mappingForm(mapping)] : []),
  ]
}

/** YAML reads the word 1.1 as a number where it has no quotes. */
function spellings(word: string): (string | number)[] {
  return /^\d+(\.\d+)?$/.test(word) ? [word, Number(word)] : [word]
}

function numberForm({ isInteger, ...bounds }: NonNullable<Shape['number']>): Schema {
  return { type: isInteger ? 'integer' : 'number', ...bounds }
}

function listForm(items: NonNullable<Shape['list']>): Schema {
  const types = { numbers: 'number', texts: ['string', 'number'], mappings: 'object' }
  return { type: 'array', minItems: 1, items: { type: types[items] } }
}

function mappingForm(values: NonNullable<Shape['mapping']>): Schema {
  const additionalProperties = {
    numbers: { type: 'number', minimum: 0, maximum: 100 },
    texts: { type: ['string', 'number'] },
    any: {},
  }[values]
  return { type: 'object', minProperties: 1, additionalProperties }
}
