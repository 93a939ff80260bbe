import type { RouteSelector, Wanted } from '../../src/routes/wanted.ts'
import { type Backend, backendLines, FILTERS, PLAIN, type Spelling } from './generated-backends.ts'
import { otherRouteRule, routeParts } from './generated-matches.ts'
import { annotations } from './generated-object.ts'
import { ended, quoted, type Style, scattered } from './generated-rule.ts'
import type { Choices } from './random.ts'
import { type Flaw, flawOf } from './route-flaws.ts'
import { wantedOfBackends } from './wanted-backends.ts'

export type RouteKindName = 'HTTPRoute' | 'GRPCRoute' | 'TLSRoute' | 'TCPRoute'

/** A generated object, as lines from column 0, and the edit to make in it. */
export type MadeRoute = {
  lines: string[]
  kind: RouteKindName
  route: RouteSelector
  wanted: Wanted
  /** The steps from the object to the list of destinations that is to be edited. */
  list: (string | number)[]
  /** The code of the problem for which the edit must be refused. */
  refusal?: string
}

const VERSIONS: Readonly<Record<RouteKindName, [string, ...string[]]>> = {
  HTTPRoute: ['v1', 'v1', 'v1beta1'],
  GRPCRoute: ['v1', 'v1', 'v1alpha2'],
  TLSRoute: ['v1', 'v1alpha3', 'v1alpha2'],
  TCPRoute: ['v1', 'v1alpha2'],
}

/** The route demo/tcp-echo of a kind of the Gateway API. */
export function madeRoute(style: Style, random: Choices): MadeRoute {
  const kind = random.oneOf<RouteKindName>('HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute')
  const index = random.oneOf(0, 0, 1, 2)
  const name = random.chance(0.4) ? random.oneOf('canary', 'on', '2024') : undefined
  const backends = madeBackends(kind, random)
  const wanted = wantedOfBackends(backends, random)
  const flaw = random.chance(0.08) ? flawOf(backends, random) : undefined
  const isByName = name !== undefined && index === 0 && random.chance(0.5)
  const plan: Plan = { kind, index, name, backends: flaw?.backends ?? backends, flaw }
  const lines =
    flaw === undefined && random.chance(0.06)
      ? jsonRoute(plan, random)
      : scattered(routeLines(plan, style, random), style, random)
  return {
    lines,
    kind,
    wanted,
    route: isByName ? { kind: 'rule', text: name } : { kind: 'rule', index },
    list: ['spec', 'rules', index, 'backendRefs'],
    ...(flaw === undefined ? {} : { refusal: flaw.code }),
  }
}

type Plan = {
  kind: RouteKindName
  index: number
  name: string | undefined
  backends: readonly Backend[]
  flaw: Flaw | undefined
}

function madeBackends(kind: RouteKindName, random: Choices): Backend[] {
  const count = random.oneOf(1, 1, 2, 2, 2, 3)
  // A Service for each version, ports of one Service, or Services of one name in several namespaces.
  const differ = random.oneOf('name', 'name', 'name', 'port', 'namespace')
  const port = random.oneOf(undefined, 80, 80, 9000)
  const isTyped = random.chance(0.2)
  const hasFilters = (kind === 'HTTPRoute' || kind === 'GRPCRoute') && random.chance(0.2)
  const weightOf = random.oneOf<(number: number) => number | undefined>(
    () => undefined,
    (number) => 10 + number,
    (number) => (number === 0 ? 100 : 0),
    (number) => (number === 0 ? undefined : number - 1),
    (number) => 333_333 * (number + 1),
    (number) => (number === 0 ? 999 : 1),
  )
  return Array.from({ length: count }, (_, number): Backend => {
    const weight = weightOf(number)
    return {
      ...(isTyped ? { group: '', kind: 'Service' } : {}),
      name: differ === 'name' ? `web-v${number}` : 'web',
      ...(differ === 'namespace' ? { namespace: `team-${number}` } : {}),
      ...(differ === 'port' ? { port: 8080 + number } : port === undefined ? {} : { port }),
      ...(weight === undefined ? {} : { weight }),
      ...(hasFilters && random.chance(0.5) ? { filters: FILTERS } : {}),
    }
  })
}

function routeLines(plan: Plan, style: Style, random: Choices): string[] {
  const { kind, index, flaw } = plan
  const step = ' '.repeat(style.step)
  const list = style.step + (style.indentsLists ? style.step : 0)
  const version = random.oneOf(...VERSIONS[kind])
  const head = [
    ended(`apiVersion: gateway.networking.k8s.io/${version}`, style, random),
    ended(`kind: ${kind}`, style, random),
  ]
  const metadata = [
    ended('metadata:', style, random),
    ended(`${step}name: ${quoted('tcp-echo', style)}`, style, random),
    ...(random.chance(0.6) ? [`${step}namespace: demo`] : []),
    ...(random.chance(0.3) ? annotations(step, random) : []),
  ]
  const rules = Array.from({ length: index + 1 }, (_, number) =>
    number === index ? ruleLines(plan, list, style, random) : otherRouteRule(kind, list, random),
  )
  const behind = [
    ...(random.chance(0.3) ? otherRouteRule(kind, list, random) : []),
    ...(flaw?.behind ?? []).map((line) => `${' '.repeat(list)}${line}`),
  ]
  const around = [...parents(step, random), ...(kind === 'TCPRoute' ? [] : hostnames(step, random))]
  const listed = [
    ended(`${step}${random.oneOf('rules', '"rules"')}:`, style, random),
    ...rules.flat(),
    ...behind,
  ]
  const spec = [
    ended(random.oneOf('spec:', '"spec":', 'spec: &unused'), style, random),
    ...(random.chance(0.2) ? [...listed, ...around] : [...around, ...listed]),
  ]
  const ordered = random.chance(0.1) ? [spec, metadata, head.reverse()] : [head, metadata, spec]
  return [...ordered.flat(), ...(random.chance(0.1) ? ['status: {parents: []}'] : [])]
}

/** The rule as a list item in column `list`: its parts in any order, the backends among them. */
function ruleLines(plan: Plan, list: number, style: Style, random: Choices): string[] {
  const { kind, name, backends, flaw } = plan
  const item = list + 2
  const pad = ' '.repeat(item)
  const spelling = flaw?.spelling ?? (random.chance(0.15) ? aliases(backends) : PLAIN)
  const anchor = flaw?.anchor === undefined ? random.oneOf('', '', '', ' &backends') : flaw.anchor
  const own = [
    ended(
      `${pad}${random.oneOf('backendRefs', 'backendRefs', '"backendRefs"')}:${anchor}`,
      style,
      random,
    ),
    ...backendLines({ backends, spelling }, item, style, random),
  ]
  const quote = random.oneOf('"', "'")
  const parts = [
    ...(name === undefined ? [] : [[`name: ${quote}${name}${quote}`]]),
    ...routeParts(kind, style, random),
  ].map((lines) => lines.map((line) => (line === '' ? '' : `${pad}${line}`)))
  const at = random.between(0, parts.length)
  const ordered = random.chance(0.3) ? [...parts].reverse() : parts
  const [first = '', ...rest] = [...ordered.slice(0, at), own, ...ordered.slice(at)].flat()
  return [`${' '.repeat(list)}- ${first.slice(item)}`, ...rest]
}

/** Ports and weights that repeat the first by an alias. */
function aliases(backends: readonly Backend[]): Spelling {
  return (field, index) => {
    if (field !== 'port' && field !== 'weight') return undefined
    const [first, own] = [backends[0]?.[field], backends[index]?.[field]]
    if (first === undefined || own !== first) return undefined
    return index === 0 ? `&${field}s ${first}` : `*${field}s`
  }
}

function parents(step: string, random: Choices): string[] {
  return random.oneOf(
    [`${step}parentRefs: [{name: edge}]`],
    [`${step}parentRefs:`, `${step}- name: edge`, `${step}  sectionName: web # weight: 10`],
    [
      `${step}parentRefs:`,
      `${step}  - group: gateway.networking.k8s.io`,
      `${step}    kind: Gateway`,
      `${step}    name: edge`,
      `${step}    namespace: infra`,
    ],
  )
}

function hostnames(step: string, random: Choices): string[] {
  return random.oneOf(
    [`${step}hostnames: ["*.example.com"]`],
    [`${step}hostnames:`, `${step}- web.example.com`],
    [`${step}hostnames: &all [web.example.com]`, `${step}x-hosts: *all`],
  )
}

/** The object as `kubectl get -o json` prints it, or on one line. */
function jsonRoute({ kind, index, name, backends }: Plan, random: Choices): string[] {
  const rules = Array.from({ length: index + 1 }, (_, number) =>
    number === index
      ? { ...(name === undefined ? {} : { name }), backendRefs: backends, x: 'weight: 90' }
      : { matches: [{ path: { value: '/{}' } }], filters: [{ type: 'RequestRedirect' }] },
  )
  const object = {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind,
    metadata: { name: 'tcp-echo', namespace: 'demo' },
    spec: { parentRefs: [{ name: 'edge' }], rules },
  }
  return JSON.stringify(object, null, random.oneOf(0, 2, 4)).split('\n')
}
