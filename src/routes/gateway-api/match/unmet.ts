import type { StringMatch } from '../../match/string-match.ts'
import { coversHost, hostOf, isWildcard } from '../../match/virtual-host.ts'
import type { HttpRequest, ProbeRequest, Unmet } from '../../probe-request.ts'
import type { Rule } from '../../rule.ts'
import { type Conditions, conditionsOf } from './conditions.ts'
import { meets } from './matches-request.ts'
import { appliesAt } from './route-hit.ts'

/**
 * What a request lacks to meet a rule, by the match of the rule that it lacks the least of; none where it meets one, or
 * where no match applies at its listener.
 */
export function unmetConditions(rule: Rule, request: ProbeRequest): readonly Unmet[] {
  const matches = rule.listeners.filter((listener) => appliesAt(listener, request))
  if (matches.length === 0) return []
  const host = unmetHost(rule.hosts ?? [], request)
  if (request.protocol !== 'http') return host
  const [least = []] = matches
    .map(({ match }) => unmetOf(conditionsOf(rule.protocol, match), request))
    .sort((a, b) => a.length - b.length)
  return [...host, ...least]
}

function unmetHost(hosts: readonly string[], request: ProbeRequest): Unmet[] {
  const name = request.protocol === 'http' ? hostOf(request.authority) : nameIn(request)
  if (name === undefined || hosts.length === 0 || hosts.some((host) => coversHost(host, name)))
    return []
  const example = hosts.find((host) => !isWildcard(host))
  return [{ part: 'host', what: `host ${hosts.join(' or ')}`, ...(example ? { example } : {}) }]
}

function nameIn(request: ProbeRequest): string | undefined {
  return request.protocol === 'tls' ? request.sni.toLowerCase() : undefined
}

const NO_CONDITIONS: Conditions = {
  path: undefined,
  method: undefined,
  headers: [],
  query: [],
  unknown: [],
}

/** Each condition by itself that a request does not meet. */
function unmetOf({ path, method, headers, query }: Conditions, request: HttpRequest): Unmet[] {
  const all: { unmet: Unmet; alone: Partial<Conditions> }[] = [
    ...(path === undefined ? [] : [{ unmet: described('path', path), alone: { path } }]),
    ...(method === undefined
      ? []
      : [
          {
            unmet: { part: 'method' as const, what: `method ${method}`, example: method },
            alone: { method },
          },
        ]),
    ...headers.map((one) => ({ unmet: describedNamed('header', one), alone: { headers: [one] } })),
    ...query.map((one) => ({ unmet: describedNamed('query', one), alone: { query: [one] } })),
  ]
  return all.flatMap(({ unmet, alone }) =>
    meets({ ...NO_CONDITIONS, ...alone }, request) === false ? [unmet] : [],
  )
}

function described(part: 'path', match: StringMatch): Unmet {
  return { part, what: `${part}${textOf(match)}`, ...exampleOf(match) }
}

function describedNamed(
  part: 'header' | 'query',
  [name, match]: readonly [string, StringMatch],
): Unmet {
  const noun = part === 'query' ? 'query parameter' : part
  return { part, name, what: `${noun} ${name}${textOf(match)}`, ...exampleOf(match) }
}

function textOf(match: StringMatch): string {
  if (match.kind === 'present') return ''
  const verb = { exact: '', prefix: ' that begins with', regex: ' that matches' }[match.kind]
  return `${verb} ${match.text}`
}

/** A value that matches, if it is simple to tell. */
function exampleOf(match: StringMatch): { example?: string } {
  return match.kind === 'exact' || match.kind === 'prefix' ? { example: match.text } : {}
}
