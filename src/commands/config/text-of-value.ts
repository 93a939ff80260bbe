import type { Json } from '../../kube/json.ts'
import type { YamlNode } from '../../manifest/yaml/yaml-node.ts'
import type { Option } from '../../options/option.ts'
import type { Shape } from '../../options/shape.ts'

/** The text that the option would have as an input, or why the value has none. */
type Read = { text: string } | { what: string }

/**
 * A scalar is its text as it is written, so that 0.50 and 1.10 stay what they are. Lists of scalars are separated by
 * commas, and other lists and mappings are JSON, which is YAML.
 */
export function textOfValue(
  { shape }: Option,
  name: string,
  node: YamlNode,
  value: Json | undefined,
): Read {
  if (value === undefined || value === null)
    return { what: `${name} has no value. Write one, or remove the line.` }
  const kind = kindOf(value)
  if (kind === 'scalar') return { text: node.kind === 'scalar' ? node.value : String(value) }
  if (kind === 'mapping')
    return shape.mapping ? { text: JSON.stringify(value) } : wrongType(name, shape, 'a mapping')
  if (shape.list === undefined) return wrongType(name, shape, 'a list')
  return shape.list === 'mappings' ? { text: JSON.stringify(value) } : listed(name, shape, value)
}

function kindOf(value: Json): 'scalar' | 'list' | 'mapping' {
  if (Array.isArray(value)) return 'list'
  return typeof value === 'object' ? 'mapping' : 'scalar'
}

function listed(name: string, shape: Shape, value: Json): Read {
  const items = Array.isArray(value) ? value : []
  const isFit = items.every((item) =>
    shape.list === 'numbers'
      ? typeof item === 'number'
      : typeof item === 'number' || typeof item === 'string',
  )
  if (isFit) return { text: items.join(',') }
  const what = shape.list === 'numbers' ? 'numbers' : 'strings and numbers'
  return { what: `${name} must be a list of ${what}.` }
}

function wrongType(name: string, shape: Shape, found: string): Read {
  return { what: `${name} must be ${typesText(shape)}, not ${found}.` }
}

/** `a number, a string or a list`: the types that a value may have. */
export function typesText(shape: Shape): string {
  const { words = [], boolean, number, text, list, mapping } = shape
  const types = [
    ...words,
    ...(boolean ? ['true', 'false'] : []),
    ...(number ? ['a number'] : []),
    ...(text ? ['a string'] : []),
    ...(list ? ['a list'] : []),
    ...(mapping ? ['a mapping'] : []),
  ]
  const last = types.at(-1) ?? ''
  return types.length < 2 ? last : `${types.slice(0, -1).join(', ')} or ${last}`
}
