import type { Choices } from './random.ts'

/** A destination of a generated rule. */
export type Made = { host: string; port?: number; subset?: string; weight?: number }

/** How a generated object is written throughout. */
export type Style = {
  /** Spaces per level. */
  step: number
  /** Whether a list is indented below its key. */
  indentsLists: boolean
  quotes: '' | '"' | "'"
  comments: number
  blanks: number
}

const COMMENTS = [
  '# stable',
  '# see {{ .Values.runbook }}',
  '# {{ canary | default("none") }} {# see above #}',
  '# weight: 90',
  '# a: [b, {c',
  "# it's",
  '# "',
  '#',
  '# $WEIGHT $(WEIGHT)',
  '# - destination: {host: x}',
  '# übrig 🚢',
] as const

/** A line, perhaps with blanks or a comment at its end. */
export function ended(line: string, style: Style, random: Choices): string {
  const comment = random.chance(style.comments) ? ` ${random.oneOf(...COMMENTS)}` : ''
  const blanks = random.chance(style.blanks) ? random.oneOf(' ', '   ', '\t') : ''
  return `${line}${comment}${blanks}`
}

/** Lines, with comments and empty lines between them here and there. */
export function scattered(lines: readonly string[], style: Style, random: Choices): string[] {
  return lines.flatMap((line) => {
    const indent = /^ */.exec(line)?.[0] ?? ''
    // No comment can be in a folded text. The second parser takes none at the margin of JSON.
    const margin = /^\s*(\*|["{}[\]])/.test(line)
    if (line.trim() === '*' || !random.chance(style.comments / 2)) return [line]
    const indented = `${indent}${random.oneOf(...COMMENTS)}`
    return [margin ? indented : random.oneOf('', indented, random.oneOf(...COMMENTS)), line]
  })
}

export function quoted(text: string, style: Style): string {
  return `${style.quotes}${text}${style.quotes}`
}

/** The list of a rule's destinations below a key in column `key`. */
export function routeLines(
  made: readonly Made[],
  key: number,
  style: Style,
  random: Choices,
): string[] {
  const indent = key + (style.indentsLists ? style.step : 0)
  const inFlow = key + style.step
  const pad = ' '.repeat(inFlow)
  const form = random.oneOf('block', 'block', 'block', 'items', 'flow', 'json')
  if (form === 'flow')
    return [`${pad}[${made.map((one) => flowItem(one, style, random)).join(', ')}]`]
  if (form === 'json') return jsonLines(made, inFlow)
  return made.flatMap((one) =>
    form === 'items'
      ? [ended(`${pad}- ${flowItem(one, style, random)}`, style, random)]
      : blockItem(one, indent, style, random),
  )
}

function blockItem(made: Made, indent: number, style: Style, random: Choices): string[] {
  const dash = `${' '.repeat(indent)}-${random.oneOf(' ', ' ', '   ')}`
  const pad = ' '.repeat(dash.length)
  const inner = `${pad}${' '.repeat(style.step)}`
  const fields = [
    `host: ${quoted(made.host, style)}`,
    ...(made.subset === undefined ? [] : [`subset: ${quoted(made.subset, style)}`]),
    ...(made.port === undefined
      ? []
      : [random.oneOf(`port: {number: ${made.port}}`, `port: { "number": ${made.port} }`)]),
  ]
  const written = random.chance(0.3) ? fields.toReversed() : fields
  const destination = random.chance(0.3)
    ? [ended(`${pad}destination: {${written.join(', ')}}`, style, random)]
    : [
        ended(`${pad}destination:`, style, random),
        ...written.map((field) => ended(`${inner}${field}`, style, random)),
      ]
  const key = random.oneOf('weight', 'weight', '"weight"')
  const weight =
    made.weight === undefined
      ? []
      : [ended(`${pad}${key}:${random.oneOf(' ', '  ', '\t')}${made.weight}`, style, random)]
  const lines = random.chance(0.25) ? [...weight, ...destination] : [...destination, ...weight]
  if (random.chance(0.15)) return [`${dash.trimEnd()} ${random.oneOf(...COMMENTS)}`, ...lines]
  const [first = '', ...rest] = lines
  return [`${dash}${first.slice(dash.length)}`, ...scattered(rest, style, random)]
}

function flowItem(made: Made, style: Style, random: Choices): string {
  const colon = random.oneOf(': ', ': ', ':  ')
  const port = made.port === undefined ? [] : [`port: {number: ${made.port}}`]
  const subset = made.subset === undefined ? [] : [`subset: ${quoted(made.subset, style)}`]
  const fields = [`host${colon}${quoted(made.host, style)}`, ...port, ...subset]
  const weight = made.weight === undefined ? [] : [`weight${colon}${made.weight}`]
  const destination = `destination${colon}{${fields.join(', ')}}`
  const pairs = random.chance(0.3) ? [...weight, destination] : [destination, ...weight]
  const blank = random.oneOf('', ' ')
  return `{${blank}${pairs.join(',  '.slice(0, random.between(2, 3)))}${random.oneOf('', ',')}${blank}}`
}

function jsonLines(made: readonly Made[], indent: number): string[] {
  const items = made.map(({ host, port, subset, weight }) => ({
    destination: {
      host,
      ...(port === undefined ? {} : { port: { number: port } }),
      ...(subset === undefined ? {} : { subset }),
    },
    ...(weight === undefined ? {} : { weight }),
  }))
  const pad = ' '.repeat(indent)
  return JSON.stringify(items, null, 2)
    .split('\n')
    .map((line) => `${pad}${line}`)
}
