import type { ObjectName } from '../../src/routes/object-name.ts'
import type { RouteSelector, Wanted } from '../../src/routes/wanted.ts'
import { madeObject } from './generated-object.ts'
import { madeRoute } from './generated-route.ts'
import type { Made, Style } from './generated-rule.ts'
import { type Choices, choices } from './random.ts'

/** A generated manifest, and the edit to make in it. */
export type Generated = {
  text: string
  name: ObjectName
  wanted: Wanted
  route: RouteSelector
  /** The steps to the list of destinations from the list of documents. */
  place: (string | number)[]
  /** What the rule is of, such as `HTTPRoute`, or `VirtualService, http`. */
  what: string
  /** The code of the problem for which the edit must be refused. */
  refusal?: string
}

/** The object and the edit, without what is around it in the file. */
type Target = Pick<Generated, 'wanted' | 'route' | 'what' | 'refusal'> & {
  kind: string
  lines: string[]
  list: (string | number)[]
}

/** The manifest of a seed: demo/tcp-echo among other things, in any layout. Every other seed gives a kind of the Gateway API. */
export function generated(seed: number): Generated {
  const random = choices(seed)
  const style: Style = {
    step: random.oneOf(2, 2, 4),
    indentsLists: random.chance(0.5),
    quotes: random.oneOf('', '', '"', "'"),
    comments: random.oneOf(0, 0.1, 0.4),
    blanks: random.oneOf(0, 0, 0.3),
  }
  const { lines, kind, list, ...edit } =
    seed % 2 === 0 ? routeTarget(style, random) : virtualService(style, random)
  const levels = random.oneOf(0, 0, 0, 1, 2)
  const listed = inLists(lines, levels)
  const before = random.between(0, 2)
  const documents = [
    ...Array.from({ length: before }, () => otherDocument(random)),
    listed,
    ...Array.from({ length: random.between(0, 2) }, () => otherDocument(random)),
  ]
  return {
    ...edit,
    text: joined(documents, random),
    name: { kind, namespace: 'demo', name: 'tcp-echo' },
    place: [before, ...Array.from({ length: levels }, () => ['items', 1]).flat(), ...list],
  }
}

function routeTarget(style: Style, random: Choices): Target {
  const made = madeRoute(style, random)
  return { ...made, what: made.kind }
}

function virtualService(style: Style, random: Choices): Target {
  const { lines, protocol, index, made } = madeObject(style, random)
  return {
    lines,
    kind: 'VirtualService',
    what: `VirtualService, ${protocol}`,
    wanted: { kind: 'weight', ...wantedOf(made, random) },
    route: { kind: protocol, index },
    list: ['spec', protocol, index, 'route'],
  }
}

function wantedOf(made: readonly Made[], random: Choices): { subset: string; percent: number } {
  const percent = random.oneOf(
    random.between(1, 99),
    random.between(1, 99),
    random.between(1, 999) / 10,
    random.between(1, 9_999) / 100,
  )
  if (made.length > 1 && random.chance(0.6)) {
    const { host = '', subset = host } = made[random.between(0, made.length - 1)] ?? {}
    return { subset, percent }
  }
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
    [
      'apiVersion: gateway.networking.k8s.io/v1',
      'kind: HTTPRoute',
      'metadata: {name: other, namespace: demo}',
      'spec: {rules: [{backendRefs: [{name: a, weight: 10}]}]}',
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
