import type { RouteKindName } from './generated-route.ts'
import type { Style } from './generated-rule.ts'
import type { Choices } from './random.ts'

/** The parts of a rule of the Gateway API but its backends and its name, each as lines from column 0, in any order. */
export function routeParts(kind: RouteKindName, style: Style, random: Choices): string[][] {
  if (kind === 'TCPRoute' || kind === 'TLSRoute') return []
  const pad = ' '.repeat(style.step)
  const dash = style.indentsLists ? pad : ''
  const match = random.chance(0.6) ? [matchLines(kind, dash, pad, random)] : []
  const others = [
    [
      'filters:',
      `${dash}- type: RequestHeaderModifier`,
      `${dash}  requestHeaderModifier: {set: [{name: weight, value: "10"}]} # weight: 10`,
    ],
    ['filters: [{type: RequestMirror, requestMirror: {backendRef: {name: web, port: 80}}}]'],
    ['sessionPersistence: {sessionName: "weight: 90"}'],
    ...(kind === 'HTTPRoute' ? [['timeouts: {request: 5s}'], ['retry:', `${pad}attempts: 3`]] : []),
  ].filter(() => random.chance(0.15))
  return [...match, ...unlike(others)]
}

/** No key twice. */
function unlike(parts: readonly string[][]): string[][] {
  const keyOf = ([first = '']: string[]) => first.split(':')[0]
  return parts.filter(
    (part, index) => parts.findIndex((one) => keyOf(one) === keyOf(part)) === index,
  )
}

function matchLines(kind: RouteKindName, dash: string, pad: string, random: Choices): string[] {
  if (kind === 'GRPCRoute')
    return random.oneOf(
      ['matches: [{method: {service: shop.Cart, method: Add}}]'],
      ['matches:', `${dash}- method:`, `${dash}  ${pad}service: shop.Cart # {`],
      ['matches:', `${dash}- headers: [{name: weight, value: "90"}]`],
    )
  return random.oneOf(
    ['matches:', `${dash}- path:`, `${dash}  ${pad}type: PathPrefix`, `${dash}  ${pad}value: /api`],
    ['matches:', `${dash}- path: {value: /api}`, `${dash}- path: {type: Exact, value: "/#a"}`],
    ["matches: [{path: {type: RegularExpression, value: '^/(a|b)#.*$'}}]"],
    [
      'matches:',
      `${dash}- headers:`,
      `${dash}  - name: end-user`,
      `${dash}    value: "jason: # {"`,
      `${dash}  queryParams: [{"name": "weight", value: "90"}]`,
    ],
    ['matches:', `${dash}-`, `${dash}  method: GET`, '', `${dash}  path: {value: /get}`],
  )
}

/** Lines of a whole rule that is not to be edited, as a list item in column `column`. */
export function otherRouteRule(kind: RouteKindName, column: number, random: Choices): string[] {
  const pad = ' '.repeat(column)
  const split = [
    `${pad}- backendRefs:`,
    `${pad}  - {name: web-v0, port: 80}`,
    `${pad}  - name: web-v1`,
    `${pad}    weight: 10`,
  ]
  const matching = (match: string) => [
    `${pad}- matches: [${match}]`,
    `${pad}  backendRefs: [{name: web-v0, port: 80, weight: 10}]`,
  ]
  if (kind === 'GRPCRoute') return matching('{method: {service: shop.Old}}')
  if (kind !== 'HTTPRoute') return split
  return random.oneOf(
    matching('{path: {value: /old}}'),
    [
      `${pad}- matches: [{path: {value: /old}}]`,
      `${pad}  filters:`,
      `${pad}  - type: RequestRedirect`,
      `${pad}    requestRedirect: {statusCode: 302}`,
    ],
    [
      `${pad}# - backendRefs:`,
      `${pad}#   - {name: web-v0, weight: 10}`,
      `${pad}- name: other`,
      `${pad}  matches: [{path: {value: /other}}]`,
      `${pad}  backendRefs: []`,
    ],
  )
}
