import { type Listed, otherRule, ruleParts } from './generated-http.ts'
import { ended, type Made, quoted, routeLines, type Style, scattered } from './generated-rule.ts'
import type { Choices } from './random.ts'

/** The object with the rule that is to be edited, as lines from column 0. */
export type MadeObject = { lines: string[]; protocol: Listed; index: number; made: Made[] }

export function madeObject(style: Style, random: Choices): MadeObject {
  const protocol = random.oneOf<Listed>('http', 'http', 'http', 'http', 'tls', 'tcp')
  const index = random.oneOf(0, 0, 1, 2)
  const made = madeDestinations(random)
  if (random.chance(0.06))
    return { lines: jsonObject(protocol, index, made, random), protocol, index, made }
  const lines = objectLines({ protocol, index, made }, style, random)
  return { lines: scattered(lines, style, random), protocol, index, made }
}

function madeDestinations(random: Choices): Made[] {
  const port = random.oneOf(undefined, 9000)
  const ported = port === undefined ? {} : { port }
  const count = random.oneOf(1, 1, 2, 2, 2, 3)
  const lacksWeights = random.chance(0.15)
  // One Service for each version, or subsets of one.
  const byHost = random.chance(0.2)
  const domain = random.oneOf('', '', '.demo.svc.cluster.local')
  return Array.from({ length: count }, (_, number) => ({
    host: `${byHost ? `tcp-echo-v${number}` : 'tcp-echo'}${domain}`,
    ...ported,
    ...(byHost ? {} : { subset: `v${number}` }),
    ...(lacksWeights && number > (count === 3 ? 1 : 0)
      ? {}
      : count === 1 && random.chance(0.6)
        ? {}
        : { weight: random.oneOf(10 + number, 10 + number, 10 + number, 100 * number + 1) }),
  }))
}

type Plan = Pick<MadeObject, 'protocol' | 'index' | 'made'>

function objectLines({ protocol, index, made }: Plan, style: Style, random: Choices): string[] {
  const step = ' '.repeat(style.step)
  const list = style.step + (style.indentsLists ? style.step : 0)
  const name = quoted('tcp-echo', style)
  const namespace = random.chance(0.6) ? [`${step}namespace: demo`] : []
  const rules = Array.from({ length: index + 1 }, (_, number) =>
    number === index
      ? ruleLines({ protocol, made, list }, style, random)
      : otherRule(protocol, list, random),
  )
  const behind = random.chance(0.3) ? otherRule(protocol, list, random) : []
  // A patch of Kustomize has neither hosts nor gateways.
  const isPatch = random.chance(0.1)
  const head = [
    ended(
      `apiVersion: networking.istio.io/${random.oneOf('v1', 'v1beta1', 'v1alpha3')}`,
      style,
      random,
    ),
    ended('kind: VirtualService', style, random),
  ]
  const metadata = [
    ended('metadata:', style, random),
    ended(`${step}name: ${name}`, style, random),
    ...namespace,
    ...(random.chance(0.3) ? annotations(step, random) : []),
  ]
  const around = [
    ...(isPatch ? [] : hosts(step, random)),
    ...otherList(protocol, step, random),
    ...(random.chance(0.2) ? [`${step}exportTo: ["*"]`] : []),
  ]
  const listed = [ended(`${step}${protocol}:`, style, random), ...rules.flat(), ...behind]
  const spec = [
    ended(random.oneOf('spec:', '"spec":', 'spec: &unused'), style, random),
    ...(random.chance(0.2) ? [...listed, ...around] : [...around, ...listed]),
  ]
  const ordered = random.chance(0.1) ? [spec, metadata, head.reverse()] : [head, metadata, spec]
  // Some editors indent comments with a tab. Behind a text of several lines, parsers differ about it.
  const tabbed = ordered[0] === head && random.chance(0.05) ? ['\t# edited'] : []
  const status = random.chance(0.1) ? ['status: {}'] : []
  return [...(ordered[0] ?? []), ...tabbed, ...(ordered[1] ?? []), ...(ordered[2] ?? []), ...status]
}

/** The rule as a list item in column `list`: its parts in any order, the destinations among them. */
function ruleLines(
  { protocol, made, list }: Pick<Plan, 'protocol' | 'made'> & { list: number },
  style: Style,
  random: Choices,
): string[] {
  const item = list + 2
  const pad = ' '.repeat(item)
  const route = [
    ended(`${pad}${random.oneOf('route', 'route', '"route"')}:`, style, random),
    ...routeLines(made, item, style, random),
  ]
  const parts = ruleParts(protocol, style, random).map((lines) =>
    lines.map((line) => (line === '' ? '' : `${pad}${line}`)),
  )
  const at = random.between(0, parts.length)
  const ordered = random.chance(0.3) ? [...parts].reverse() : parts
  const lines = [...ordered.slice(0, at), route, ...ordered.slice(at)].flat()
  const [first = '', ...rest] = lines
  return [`${' '.repeat(list)}- ${first.slice(item)}`, ...rest]
}

export function annotations(step: string, random: Choices): string[] {
  return random.oneOf(
    [
      `${step}annotations: {note: "{{ weight }} of [90]", "b": 'x # y', c: "a\u2028b: \u0085\u2029c"}`,
    ],
    [
      `${step}annotations:`,
      `${step}${step}kubectl.kubernetes.io/last-applied-configuration: |`,
      `${step}${step}  {"spec":{"http":[{"route":[{"destination":{"host":"tcp-echo"},"weight":10}]}]}}`,
      '',
    ],
    [`${step}creationTimestamp: null`, `${step}labels: {app: tcp-echo}`],
  )
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

/** Rules of another protocol. */
function otherList(protocol: Listed, step: string, random: Choices): string[] {
  if (!random.chance(0.3)) return []
  return [
    `${step}${protocol === 'http' ? 'tcp' : 'http'}:`,
    `${step}- route:`,
    `${step}  - destination: {host: tcp-echo, subset: v0}`,
    `${step}    weight: 10`,
  ]
}

/** The object as `kubectl get -o json` prints it, or on one line. */
function jsonObject(
  protocol: Listed,
  index: number,
  made: readonly Made[],
  random: Choices,
): string[] {
  const route = made.map(({ host, port, subset, weight }) => ({
    destination: {
      host,
      ...(port === undefined ? {} : { port: { number: port } }),
      ...(subset === undefined ? {} : { subset }),
    },
    ...(weight === undefined ? {} : { weight }),
  }))
  const rules = Array.from({ length: index + 1 }, (_, number) =>
    number === index ? { name: 'weight: 90', route, timeout: '3s' } : { redirect: { uri: '/{}' } },
  )
  const object = {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'tcp-echo', namespace: 'demo' },
    spec: { hosts: ['*'], [protocol]: rules },
  }
  return JSON.stringify(object, null, random.oneOf(0, 2, 4)).split('\n')
}
