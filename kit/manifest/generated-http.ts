import type { Style } from './generated-rule.ts'
import type { Choices } from './random.ts'

/** Protocols of the rules of a generated object. */
export type Listed = 'http' | 'tls' | 'tcp'

/** The parts of a rule but its destinations, each as lines from column 0. They can be in any order. */
export function ruleParts(protocol: Listed, style: Style, random: Choices): string[][] {
  const pad = ' '.repeat(style.step)
  const dash = style.indentsLists ? pad : ''
  if (protocol === 'tcp') return random.chance(0.5) ? [['match: [{port: 31400}]']] : []
  if (protocol === 'tls') return [tlsMatch(dash, random)]
  const name = random.chance(0.3) ? [random.oneOf(['name: canary'], ['name: "on"'])] : []
  const match = random.chance(0.5) ? [httpMatch(dash, pad, random)] : []
  const others = [
    ['timeout: 5s'],
    ['retries:', `${pad}attempts: 3`, `${pad}perTryTimeout: 2s # each`, `${pad}retryOn: 5xx,reset`],
    ['fault: {delay: {percentage: {value: 0.1}, fixedDelay: 5s}}'],
    ['mirror:', `${pad}host: tcp-echo`, `${pad}subset: v9`],
    ['mirrorPercentage: {value: 50.0}'],
    ['rewrite: {uri: /}'],
    [
      'corsPolicy:',
      `${pad}allowOrigins:`,
      `${pad}${dash}- exact: https://example.com`,
      `${pad}maxAge: "24h"`,
    ],
    ['headers:', `${pad}response:`, `${pad}${pad}set: {x-weight: "weight: 90"}`],
  ].filter(() => random.chance(0.15))
  return [...name, ...match, ...others]
}

function tlsMatch(dash: string, random: Choices): string[] {
  return random.oneOf(
    ['match:', `${dash}- port: 443`, `${dash}  sniHosts:`, `${dash}  - db.example.com`],
    ['match: [{sniHosts: ["*.example.com"], port: 443}]'],
    ['match:', `${dash}- sniHosts: [db.example.com]`, `${dash}- sniHosts: ["a.example.com"]`],
  )
}

function httpMatch(dash: string, pad: string, random: Choices): string[] {
  return random.oneOf(
    ['match:', `${dash}- uri:`, `${dash}  ${pad}prefix: /api`],
    ['match:', `${dash}- uri: {prefix: /api}`, `${dash}- uri: {exact: "/#a"}`],
    ["match: [{uri: {regex: '^/(a|b)#.*$'}, ignoreUriCase: true}]"],
    [
      'match:',
      `${dash}- headers:`,
      `${dash}  ${pad}end-user:`,
      `${dash}  ${pad}${pad}exact: "jason: # {"`,
      `${dash}  ${pad}cookie: {regex: "^(.*?;)?(user=a)(;.*)?$"}`,
      `${dash}  queryParams: {"weight": {exact: "90"}}`,
    ],
    ['match:', `${dash}-`, `${dash}  method: {exact: GET}`, '', `${dash}  port: 80`],
  )
}

/** Lines of a whole rule that is not to be edited, as a list item in column `column`. */
export function otherRule(protocol: Listed, column: number, random: Choices): string[] {
  const pad = ' '.repeat(column)
  const split = [
    `${pad}- route:`,
    `${pad}  - destination: {host: tcp-echo, subset: v0}`,
    `${pad}    weight: 10`,
  ]
  const empty = [`${pad}-`]
  if (protocol !== 'http') return random.oneOf(split, empty)
  return random.oneOf(
    split,
    empty,
    [`${pad}- match: [{uri: {prefix: /old}}]`, `${pad}  redirect: {uri: /new, redirectCode: 302}`],
    [`${pad}- directResponse:`, `${pad}    status: 503`, `${pad}    body: {string: "weight: 10"}`],
    [`${pad}- match: [{uri: {prefix: /d}}]`, `${pad}  delegate: {name: d, namespace: demo}`],
    [
      `${pad}# - route:`,
      `${pad}#   - destination: {host: tcp-echo, subset: v0}`,
      `${pad}- name: other`,
      `${pad}  route: [{destination: {host: tcp-echo, subset: v1}}]`,
    ],
  )
}
