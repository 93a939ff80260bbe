import { dig, type Json, type JsonObject, listAt, objectAt, textAt } from '../../objects/json.ts'
import type { KubeObject } from '../../objects/kube-object.ts'
import { type Converted, destinationsOf, weightSum } from './backends.ts'
import {
  backendHeaders,
  headersOf,
  redirectOf,
  refuseOthers,
  rewriteOf,
  withoutMissing,
} from './filters.ts'
import type { ConfigError, GatewayApiObjects } from './objects.ts'

const HEADERS = ['RequestHeaderModifier', 'ResponseHeaderModifier']
const FILTERS = {
  HTTPRoute: [...HEADERS, 'RequestRedirect', 'RequestMirror', 'URLRewrite', 'CORS'],
  GRPCRoute: [...HEADERS, 'RequestMirror'],
}

/**
 * Istio's http rules for an HTTPRoute or GRPCRoute, in the order in which they are matched: one for each match. Throws
 * Unusable. Source: istio, convertHTTPRoute, convertGRPCRoute.
 */
export function httpRulesOf(
  route: KubeObject,
  objects: GatewayApiObjects,
): { rules: Json[]; error: ConfigError | undefined } {
  let error: ConfigError | undefined
  const rules = listAt(route, 'spec', 'rules').flatMap((rule, index) => {
    const converted = convert(rule, index, route, objects)
    error = converted.error ?? error
    const matches = listAt(rule, 'matches')
    return matches.length === 0
      ? [converted.rule]
      : matches.map((match) => ({
          ...objectAt(converted.rule),
          match: [route.kind === 'HTTPRoute' ? httpMatch(match) : grpcMatch(match)],
        }))
  })
  return { rules: inOrder(rules), error }
}

function convert(
  rule: Json,
  index: number,
  owner: KubeObject,
  objects: GatewayApiObjects,
): Converted {
  const filters = listAt(rule, 'filters')
  refuseOthers(filters, owner.kind === 'GRPCRoute' ? FILTERS.GRPCRoute : FILTERS.HTTPRoute)
  const ofType = (type: string) => filters.find((one) => textAt(one, 'type') === type)
  const [redirect, rewrite] = [ofType('RequestRedirect'), ofType('URLRewrite')]
  const { namespace = '', name } = owner.metadata
  const made = withoutMissing({
    name: textAt(rule, 'name') ?? `${namespace}.${name}.${index}`,
    headers: headersOf(filters),
    redirect: redirect && redirectOf(redirect),
    rewrite: rewrite && rewriteOf(rewrite),
    timeout: timeoutOf(rule),
  })
  const backends = listAt(rule, 'backendRefs')
  if (redirect !== undefined) return { rule: made, error: undefined }
  if (weightSum(backends) === 0)
    return { rule: { ...made, directResponse: { status: 500 } }, error: undefined }
  const { route, error } = destinationsOf(backends, owner, objects, backendHeaders)
  return { rule: { ...made, route }, error }
}

function timeoutOf(rule: Json): string | undefined {
  return textAt(rule, 'timeouts', 'backendRequest') ?? textAt(rule, 'timeouts', 'request')
}

/** Exact is the default of all matches. */
function textMatch(match: Json): JsonObject {
  const value = textAt(match, 'value') ?? ''
  return textAt(match, 'type') === 'RegularExpression' ? { regex: value } : { exact: value }
}

function namedMatches(matches: readonly Json[]): JsonObject | undefined {
  if (matches.length === 0) return undefined
  return Object.fromEntries(matches.map((one) => [textAt(one, 'name') ?? '', textMatch(one)]))
}

function httpMatch(match: Json): JsonObject {
  const path = dig(match, 'path')
  const value = textAt(path, 'value') ?? '/'
  const type = textAt(path, 'type') ?? 'PathPrefix'
  const method = textAt(match, 'method')
  return withoutMissing({
    uri:
      type === 'PathPrefix'
        ? { prefix: value === '/' ? value : value.replace(/\/$/, '') }
        : textMatch({ type, value }),
    headers: namedMatches(listAt(match, 'headers')),
    queryParams: namedMatches(listAt(match, 'queryParams')),
    method: method === undefined ? undefined : { exact: method },
  })
}

function grpcMatch(match: Json): JsonObject {
  const method = dig(match, 'method')
  return withoutMissing({
    uri: method === undefined ? undefined : grpcPath(method),
    headers: namedMatches(listAt(match, 'headers')),
  })
}

/** Source: istio, createGRPCURIMatch. */
function grpcPath(match: Json): JsonObject {
  const [service, method] = [textAt(match, 'service'), textAt(match, 'method')]
  const isExact = textAt(match, 'type') !== 'RegularExpression'
  if (method === undefined)
    return isExact ? { prefix: `/${service}/` } : { regex: `/${service}/.+` }
  if (service === undefined) return { regex: `/[^/]+/${method}` }
  return isExact ? { exact: `/${service}/${method}` } : { regex: `/${service}/${method}` }
}

const RANKS = ['regex', 'prefix', 'exact'] as const

/** Rules in the order in which they are matched; equal ones stay as they are. Source: istio, sortHTTPRoutes. */
export function inOrder(rules: readonly Json[]): Json[] {
  return rules
    .map((rule, index) => ({ rule, index, key: rankOf(rule) }))
    .sort((one, other) => {
      const at = one.key.findIndex((value, part) => value !== other.key[part])
      return at < 0 ? one.index - other.index : (other.key[at] ?? 0) - (one.key[at] ?? 0)
    })
    .map(({ rule }) => rule)
}

/** Whether it has a match, kind and length of its path, and the numbers of its other conditions. */
function rankOf(rule: Json): number[] {
  const match = dig(rule, 'match', 0)
  if (match === undefined) return [0]
  const uri = objectAt(match, 'uri')
  const kind = RANKS.findIndex((one) => one in uri)
  const path = textAt(uri, RANKS[kind] ?? '') ?? ''
  return [
    1,
    kind,
    path.length,
    dig(match, 'method') === undefined ? 0 : 1,
    Object.keys(objectAt(match, 'headers')).length,
    Object.keys(objectAt(match, 'queryParams')).length,
  ]
}
