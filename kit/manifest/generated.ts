import type { RouteSelector, Wanted } from '../../src/routes/wanted.ts'
import { ended, type Made, quoted, routeLines, type Style, scattered } from './generated-rule.ts'
import { type Choices, choices } from './random.ts'

/** A generated manifest, and the edit to make in it. */
export type Generated = {
  text: string
  wanted: Extract<Wanted, { kind: 'weight' }>
  route: RouteSelector
  /** The steps to the object from the list of documents. */
  place: (string | number)[]
  /** The position of the rule in `spec.tcp`. */
  index: number
}

/** The manifest of a seed: demo/tcp-echo among other things, in any layout. */
export function generated(seed: number): Generated {
  const random = choices(seed)
  const style: Style = {
    step: random.oneOf(2, 2, 4),
    indentsLists: random.chance(0.5),
    quotes: random.oneOf('', '', '"', "'"),
    comments: random.oneOf(0, 0.1, 0.4),
    blanks: random.oneOf(0, 0, 0.3),
  }
  const made = madeDestinations(random)
  const index = random.oneOf(0, 0, 1, 2)
  const object = scattered(objectLines(made, index, style, random), style, random)
  const levels = random.oneOf(0, 0, 0, 1, 2)
  const listed = inLists(object, levels)
  const before = random.between(0, 2)
  const documents = [
    ...Array.from({ length: before }, () => otherDocument(random)),
    listed,
    ...Array.from({ length: random.between(0, 2) }, () => otherDocument(random)),
  ]
  return {
    text: joined(documents, random),
    wanted: { kind: 'weight', ...wantedOf(made, random) },
    route: { kind: 'tcp', index },
    place: [before, ...Array.from({ length: levels }, () => ['items', 1]).flat()],
    index,
  }
}

function madeDestinations(random: Choices): Made[] {
  const port = random.oneOf(undefined, 9000)
  const ported = port === undefined ? {} : { port }
  const count = random.oneOf(1, 1, 2, 2, 3)
  const weights = random.chance(0.15)
  return Array.from({ length: count }, (_, number) => ({
    host: 'tcp-echo',
    ...ported,
    subset: `v${number}`,
    ...(weights && number > (count === 3 ? 1 : 0)
      ? {}
      : count === 1 && random.chance(0.6)
        ? {}
        : { weight: 10 + number }),
  }))
}

function wantedOf(made: readonly Made[], random: Choices): { subset: string; percent: number } {
  const percent = random.between(1, 99)
  if (made.length > 1 && random.chance(0.6))
    return { subset: `v${random.between(0, made.length - 1)}`, percent }
  const subset = random.oneOf(
    'tcp-echo/new',
    'other/v2',
    'other:9001',
    'other.demo.svc.cluster.local',
    'tcp-echo/on',
    'tcp-echo/2024',
  )
  return { subset, percent }
}

function objectLines(
  made: readonly Made[],
  index: number,
  style: Style,
  random: Choices,
): string[] {
  const step = ' '.repeat(style.step)
  const list = style.step + (style.indentsLists ? style.step : 0)
  const item = list + 2
  const name = quoted('tcp-echo', style)
  const namespace = random.chance(0.6) ? [`${step}namespace: demo`] : []
  const route = [
    ...(random.chance(0.5)
      ? [
          `${' '.repeat(list)}- match: [{port: 31400}]`,
          ended(`${' '.repeat(item)}route:`, style, random),
        ]
      : [ended(`${' '.repeat(list)}- ${random.oneOf('route', '"route"')}:`, style, random)]),
    ...routeLines(made, item, style, random),
  ]
  const other = [
    `${' '.repeat(list)}- route:`,
    `${' '.repeat(item)}- destination: {host: tcp-echo, subset: v0}`,
    `${' '.repeat(item)}  weight: 10`,
  ]
  const rules = Array.from({ length: index + 1 }, (_, number) =>
    number === index ? route : random.oneOf(other, [`${' '.repeat(list)}-`]),
  )
  return [
    ended(`apiVersion: networking.istio.io/${random.oneOf('v1', 'v1beta1')}`, style, random),
    ended('kind: VirtualService', style, random),
    ended('metadata:', style, random),
    ended(`${step}name: ${name}`, style, random),
    ...namespace,
    ...(random.chance(0.3)
      ? [
          `${step}annotations: {note: "{{ weight }} of [90]", "b": 'x # y', c: "a\u2028b: \u0085\u2029c"}`,
        ]
      : []),
    ended(random.oneOf('spec:', '"spec":', 'spec: &unused'), style, random),
    ...hosts(step, random),
    ...(random.chance(0.3) ? httpLines(step) : []),
    ended(`${step}tcp:`, style, random),
    ...rules.flat(),
    ...(random.chance(0.2) ? [`${step}exportTo: ["*"]`] : []),
  ]
}

function hosts(step: string, random: Choices): string[] {
  return random.oneOf(
    [`${step}hosts: ["*"]`],
    [`${step}hosts:`, `${step}- "*"`],
    [`${step}hosts: [`, `${step}  "*"`, `${step}]`],
    [`${step}hosts: &all ["*"]`, `${step}gateways: [tcp-echo-gateway]`, `${step}x-hosts: *all`],
    [`${step}hosts: !list`, `${step}  - >-`, `${step}    *`, ''],
  )
}

function httpLines(step: string): string[] {
  return [
    `${step}http:`,
    `${step}- route:`,
    `${step}  - destination: {host: tcp-echo, subset: v0}`,
    `${step}    weight: 10`,
  ]
}

function inLists(object: string[], levels: number): string[] {
  let lines = object
  for (let level = 0; level < levels; level += 1) {
    // Only in the first line, which the dash is put before.
    const [first = '', ...rest] = lines.map((line) => (line === '' ? '' : `  ${line}`))
    lines = [
      'apiVersion: v1',
      'kind: List',
      'items:',
      '- kind: Pod',
      ...(first.trim() === '' || first.trim().startsWith('#')
        ? ['-', first]
        : [`- ${first.slice(2)}`]),
      ...rest,
    ]
  }
  return lines
}

function otherDocument(random: Choices): string[] {
  return random.oneOf(
    ['# nothing but a comment: {{ x }}', 'kind: ConfigMap', 'metadata: {name: tcp-echo}'],
    ['kind: ConfigMap', 'data:', '  route.yaml: |', '    weight: 10', '    {{ .x }}', '', ''],
    ['a: &a [1, 2]', 'b: *a', 'c: !secret "x"'],
    [
      'apiVersion: networking.istio.io/v1',
      'kind: VirtualService',
      'metadata: {name: other, namespace: demo}',
      'spec: {tcp: [{route: [{destination: {host: a}, weight: 10}]}]}',
    ],
    ['{"kind": "List", "items": []}'],
  )
}

function joined(documents: readonly string[][], random: Choices): string {
  const mark = () => (random.chance(0.1) ? '\uFEFF' : '')
  const head = random.chance(0.15) ? ['%YAML 1.2', '---'] : random.chance(0.3) ? ['---'] : []
  const lines = documents.flatMap((document, number) => {
    const [first = '', ...rest] = document
    return [...(number === 0 ? head : ['---']), `${number === 0 ? '' : mark()}${first}`, ...rest]
  })
  const ends = random.oneOf<readonly string[]>(['\n'], ['\n'], ['\r\n'], ['\n', '\r\n'])
  const [first = '\n', second = first] = ends
  const text = lines.map((line) => `${line}${random.oneOf(first, second)}`).join('')
  const whole = `${random.chance(0.1) ? '\uFEFF' : ''}${text}`
  return random.chance(0.2) ? whole.replace(/\r?\n$/, '') : whole
}
