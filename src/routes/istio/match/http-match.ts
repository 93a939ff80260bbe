import { isObject, type JsonObject } from '../../../kube/json.ts'
import { type Answer, allHold, holdsNot, isUndecided } from '../../match/answer.ts'
import { type Presence, valuesOfHeader } from '../../match/request-headers.ts'
import type { HttpRequest } from '../../probe-request.ts'
import { matchesValue, parseMatches, parseStringMatch, type StringMatch } from './string-match.ts'

/** The fields that decide where a match applies, which is not compared with the request. */
const ELSEWHERE = ['name', 'statPrefix', 'port', 'gateways', 'sourceLabels', 'sourceNamespace']
const CONDITIONS = [
  'uri',
  'ignoreUriCase',
  'scheme',
  'method',
  'authority',
  'headers',
  'withoutHeaders',
  'queryParams',
]

/**
 * Whether a request meets the conditions of an HTTPMatchRequest at the port and gateway where that applies.
 * Source: istio, TranslateRouteMatch; envoy, RouteEntryImplBase::matchRoute.
 */
export function matchesRequest(match: JsonObject, request: HttpRequest): Answer {
  const { method, scheme, authority } = request
  return allHold([
    uriMatches(match, request.path),
    ...valueMatches(match, { method, scheme, authority }),
    ...parseMatches(match, 'headers').map(([name, one]) =>
      matchesPresent(one, valuesOfHeader(request, name)),
    ),
    ...parseMatches(match, 'withoutHeaders').map(([name, one]) =>
      isWithout(one, valuesOfHeader(request, name)),
    ),
    ...parseMatches(match, 'queryParams').map(([name, one]) =>
      matchesPresent(one, { values: firstParameter(request.path, name) }),
    ),
    ...unknownFields(match),
  ])
}

/**
 * Whether a match takes everything where it applies. What follows it in its object is never reached, and at gateways
 * the rules of other objects for the same host come before it.
 * Source: istio, IsCatchAllRoute.
 */
export function isCatchAll(match: JsonObject): boolean {
  const { uri, ...others } = match
  return (
    isEveryPath(parseStringMatch(uri)) &&
    Object.keys(others).every((field) => !isCondition(field, others))
  )
}

function isEveryPath(uri: StringMatch): boolean {
  return (
    uri.kind === 'present' ||
    (uri.kind === 'prefix' && uri.text === '/') ||
    (uri.kind === 'regex' && uri.text === '.*')
  )
}

function isCondition(field: string, match: JsonObject): boolean {
  if (ELSEWHERE.includes(field) || field === 'ignoreUriCase') return false
  const value = match[field]
  const isMap = ['headers', 'withoutHeaders', 'queryParams'].includes(field)
  return isMap ? isObject(value) && Object.keys(value).length > 0 : value !== undefined
}

/** The path is compared without its query. Only exact and prefix can ignore its case. */
function uriMatches(match: JsonObject, pathAndQuery: string): Answer {
  const uri = parseStringMatch(match.uri)
  if (uri.kind === 'present' || isEveryPath(uri)) return true
  const [path = ''] = pathAndQuery.split(/[?#]/)
  if (isChangedByGateway(path))
    return { why: `the gateway may normalize the path ${path} before it matches it` }
  if (uri.kind === 'regex' || match.ignoreUriCase !== true) return matchesValue(uri, path)
  return matchesValue({ ...uri, text: lowerCase(uri.text) }, lowerCase(path))
}

/**
 * How much a gateway normalizes a path is in the mesh config: dots as segments always but for NONE, double and escaped
 * slashes on request.
 * Source: istio, MeshConfig.ProxyPathNormalization.
 */
function isChangedByGateway(path: string): boolean {
  return /\/\/|\\|\/\.\.?(?:\/|$)|%(?:2e|2f|5c)/i.test(path)
}

function lowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

function valueMatches(match: JsonObject, values: Readonly<Record<string, string>>): Answer[] {
  return Object.entries(values)
    .filter(([field]) => match[field] !== undefined)
    .map(([field, value]) => matchesValue(parseStringMatch(match[field]), value))
}

function matchesPresent(match: StringMatch, present: Presence): Answer {
  if ('why' in present) return present
  return present.values.length === 0 ? false : matchesAny(match, present.values)
}

/**
 * A header that a request has more than once. Older versions of Envoy join its values by commas, newer ones compare
 * each by itself.
 * Source: envoy, pull request 44819.
 */
function matchesAny(match: StringMatch, values: readonly string[]): Answer {
  const joined = matchesValue(match, values.join(','))
  if (values.length === 1) return joined
  const each = values.map((value) => matchesValue(match, value))
  const any = each.includes(true) ? true : (each.find(isUndecided) ?? false)
  if (any === joined) return any
  return {
    why: 'the request has a header more than once, which versions of Envoy match differently',
  }
}

/**
 * A missing header counts as an empty one, except where the match is on presence.
 * Source: istio, TranslateRouteMatch (TreatMissingHeaderAsEmpty).
 */
function isWithout(match: StringMatch, present: Presence): Answer {
  if ('why' in present) return present
  const { values } = present
  if (match.kind === 'present') return values.length === 0
  return holdsNot(matchesAny(match, values.length === 0 ? [''] : values))
}

/**
 * The first value of a query parameter, as it is written: nothing is decoded.
 * Source: envoy, QueryParamsMulti::parseQueryString.
 */
function firstParameter(pathAndQuery: string, name: string): string[] {
  const start = pathAndQuery.indexOf('?')
  if (start < 0) return []
  const parameters = (pathAndQuery.slice(start + 1).split('#')[0] ?? '').split('&')
  const own = parameters.find((one) => one === name || one.startsWith(`${name}=`))
  return own === undefined ? [] : [own.slice(name.length + 1)]
}

/** A condition of a later version of Istio. */
function unknownFields(match: JsonObject): Answer[] {
  return Object.keys(match)
    .filter((field) => ![...ELSEWHERE, ...CONDITIONS].includes(field))
    .map((field) => ({
      why: `the match has the field ${field}, which this version cannot evaluate`,
    }))
}
