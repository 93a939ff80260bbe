import { isObject, type Json, type JsonObject } from '../../../kube/json.ts'
import type { Protocol, Rule } from '../../rule.ts'
import { conditionsOf } from '../match/conditions.ts'

/** The paths that a rule matches, each as its kind and text; for grpc rules those of services and methods. */
export function pathsOf(protocol: Protocol, { listeners }: Rule): string[] {
  if (protocol === 'tcp' || protocol === 'tls') return []
  return listeners.flatMap(({ match }) => {
    const { path } = conditionsOf(protocol, match)
    return path === undefined ? [] : [`${path.kind} ${path.text}`]
  })
}

/** What the API server fills in where a rule leaves it out. */
const EVERY_PATH: JsonObject = { type: 'PathPrefix', value: '/' }

/**
 * What identifies a rule, with everything that the API server fills in. A file may leave that out.
 * Source: the defaults in the Gateway API's definitions of HTTPRoute and GRPCRoute.
 */
export function withDefaults(protocol: Protocol, identity: Json): Json {
  if (protocol === 'tcp' || protocol === 'tls') return identity
  const given = isObject(identity) ? identity : {}
  const { matches } = given
  const whole = Array.isArray(matches)
    ? matches.map((one) => filledMatch(protocol, one))
    : undefined
  if (whole !== undefined) return { ...given, matches: whole }
  return protocol === 'http' ? { ...given, matches: [{ path: EVERY_PATH }] } : identity
}

function filledMatch(protocol: Protocol, match: Json): Json {
  if (!isObject(match)) return match
  const { path, method, headers, queryParams } = match
  const named = {
    ...(headers === undefined ? {} : { headers: withTypes(headers) }),
    ...(queryParams === undefined ? {} : { queryParams: withTypes(queryParams) }),
  }
  if (protocol === 'http')
    return { ...match, ...named, path: isObject(path) ? { ...EVERY_PATH, ...path } : EVERY_PATH }
  return {
    ...match,
    ...named,
    ...(isObject(method) ? { method: { type: 'Exact', ...method } } : {}),
  }
}

function withTypes(list: Json): Json {
  return Array.isArray(list)
    ? list.map((one) => (isObject(one) ? { type: 'Exact', ...one } : one))
    : list
}
