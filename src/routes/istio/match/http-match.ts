import { isObject, type JsonObject } from '../../../kube/json.ts'
import { type Answer, allHold, holdsNot } from '../../match/answer.ts'
import { matchesAny, matchesPresent } from '../../match/present-value.ts'
import { type Presence, valuesOfHeader } from '../../match/request-headers.ts'
import { firstParameter, isChangedByGateway, pathOf } from '../../match/request-path.ts'
import { matchesValue, type StringMatch } from '../../match/string-match.ts'
import type { HttpRequest } from '../../probe-request.ts'
import { parseMatches, parseStringMatch } from './parse-match.ts'

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
  const path = pathOf(pathAndQuery)
  if (isChangedByGateway(path))
    return { why: `the gateway may normalize the path ${path} before it matches it` }
  if (uri.kind === 'regex' || match.ignoreUriCase !== true) return matchesValue(uri, path)
  return matchesValue({ ...uri, text: lowerCase(uri.text) }, lowerCase(path))
}

function lowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

function valueMatches(match: JsonObject, values: Readonly<Record<string, string>>): Answer[] {
  return Object.entries(values)
    .filter(([field]) => match[field] !== undefined)
    .map(([field, value]) => matchesValue(parseStringMatch(match[field]), value))
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

/** A condition of a later version of Istio. */
function unknownFields(match: JsonObject): Answer[] {
  return Object.keys(match)
    .filter((field) => ![...ELSEWHERE, ...CONDITIONS].includes(field))
    .map((field) => ({
      why: `the match has the field ${field}, which this version cannot evaluate`,
    }))
}
