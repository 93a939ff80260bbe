import type { JsonObject } from '../../src/kube/json.ts'
import { ended, quoted, type Style, scattered } from './generated-rule.ts'
import type { Choices } from './random.ts'

/** A backend of a generated rule of the Gateway API, in the order of its fields. A field that is undefined is left out. */
export type Backend = {
  group?: string
  kind?: string
  name: string
  namespace?: string
  port?: number
  weight?: number | string
  filters?: JsonObject[]
}

/** What a field has in place of its value, such as an alias. */
export type Spelling = (field: string, index: number) => string | undefined

export const PLAIN: Spelling = () => undefined

/** The list of a rule's backends below a key in column `key`. */
export function backendLines(
  { backends, spelling }: { backends: readonly Backend[]; spelling: Spelling },
  key: number,
  style: Style,
  random: Choices,
): string[] {
  const indent = key + (style.indentsLists ? style.step : 0)
  const inFlow = key + style.step
  const pad = ' '.repeat(inFlow)
  const form = random.oneOf('block', 'block', 'block', 'items', 'flow', 'rows', 'json')
  const spelled = backends.some((_, index) => spelling('weight', index) ?? spelling('port', index))
  if (form === 'json' && !spelled)
    return JSON.stringify(backends, null, random.oneOf(2, 0))
      .split('\n')
      .map((line) => `${pad}${line}`)
  if (form === 'block')
    return backends.flatMap((one, index) =>
      blockItem(fieldsOf(one, index, spelling, style), indent, style, random),
    )
  const items = backends.map((one, index) =>
    flowItem(fieldsOf(one, index, spelling, style), random),
  )
  if (form === 'items') return items.map((one) => ended(`${pad}- ${one}`, style, random))
  if (form === 'rows') {
    const last = random.oneOf('', ',')
    const rows = items.map((one, index) => `${pad}  ${one}${index < items.length - 1 ? ',' : last}`)
    return [`${pad}[`, ...rows.map((row) => ended(row, style, random)), `${pad}]`]
  }
  return [`${pad}[${items.join(', ')}]`]
}

/** A field as it is written in brackets, and in lines of its own where it can be. */
type Field = { name: string; text: string; lines?: readonly string[] }

function fieldsOf(backend: Backend, index: number, spelling: Spelling, style: Style): Field[] {
  return Object.entries(backend).flatMap(([name, value]): Field[] => {
    if (value === undefined) return []
    const given = spelling(name, index)
    if (given !== undefined) return [{ name, text: given }]
    if (name === 'filters') return [{ name, text: JSON.stringify(value), lines: FILTER_LINES }]
    if (name === 'weight' || typeof value === 'number') return [{ name, text: String(value) }]
    const isOdd = !/^[a-z][-a-z0-9]*$/i.test(String(value)) || /^(on|y|null)$/.test(String(value))
    return [
      {
        name,
        text: quoted(String(value), isOdd && !style.quotes ? { ...style, quotes: '"' } : style),
      },
    ]
  })
}

/** The one filter that generated backends have. */
export const FILTERS: JsonObject[] = [
  {
    type: 'RequestHeaderModifier',
    requestHeaderModifier: { set: [{ name: 'x-weight', value: 'weight: 90' }] },
  },
]

const FILTER_LINES = [
  '- type: RequestHeaderModifier',
  '  requestHeaderModifier:',
  '    set:',
  '    - name: x-weight',
  '      value: "weight: 90"',
]

function shuffled(fields: readonly Field[], random: Choices): Field[] {
  const first = random.oneOf('', '', '', 'weight', 'filters', 'port')
  const ordered = random.chance(0.15) ? fields.toReversed() : [...fields]
  return [
    ...ordered.filter(({ name }) => name === first),
    ...ordered.filter(({ name }) => name !== first),
  ]
}

function blockItem(
  fields: readonly Field[],
  indent: number,
  style: Style,
  random: Choices,
): string[] {
  const dash = `${' '.repeat(indent)}-${random.oneOf(' ', ' ', '   ')}`
  const pad = ' '.repeat(dash.length)
  const lines = shuffled(fields, random).flatMap(({ name, text, lines }) => {
    const key = random.oneOf(name, name, name, `"${name}"`)
    if (lines !== undefined && random.chance(0.6))
      return [
        ended(`${pad}${key}:`, style, random),
        ...lines.map((line) => `${pad}${style.indentsLists ? '  ' : ''}${line}`),
      ]
    const blanks = random.oneOf(' ', ' ', '  ', '\t')
    return [ended(`${pad}${key}:${blanks}${text}`, style, random)]
  })
  const [first = '', ...rest] = lines
  if (random.chance(0.1)) return [dash.trimEnd(), ...lines]
  return [`${dash}${first.slice(dash.length)}`, ...scattered(rest, style, random)]
}

function flowItem(fields: readonly Field[], random: Choices): string {
  const colon = random.oneOf(': ', ': ', ':  ')
  const key = random.chance(0.15) ? (name: string) => `"${name}"` : (name: string) => name
  const pairs = shuffled(fields, random).map(({ name, text }) => `${key(name)}${colon}${text}`)
  const blank = random.oneOf('', ' ')
  const comma = random.oneOf(', ', ',  ')
  // An alias ends only at a blank.
  const end = pairs.at(-1)?.includes('*') ? ' ' : `${random.oneOf('', ',')}${blank}`
  return `{${blank}${pairs.join(comma).replaceAll(/(\*\w+),/g, '$1 ,')}${end}}`
}
