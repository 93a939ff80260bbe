import { isObject, type Json, type JsonObject, textsAt } from '../../../kube/json.ts'
import type { StringMatch } from '../../match/string-match.ts'
import { isWildcard } from '../../match/virtual-host.ts'
import type { ProbeRequest, Unmet } from '../../probe-request.ts'
import type { Rule } from '../../rule.ts'
import { matchesAt } from './applies.ts'
import { matchesRequest } from './http-match.ts'
import { parseStringMatch } from './parse-match.ts'

/**
 * What a request lacks to meet a rule, by the match of the rule that it lacks the least of; none where it meets one, or
 * where no match applies at its port and gateway.
 */
export function unmetConditions(rule: Rule, request: ProbeRequest): readonly Unmet[] {
  const [least = []] = matchesAt(rule, request)
    .map((match) => unmetOf(match, request))
    .sort((a, b) => a.length - b.length)
  return least
}

function unmetOf(match: JsonObject, request: ProbeRequest): Unmet[] {
  switch (request.protocol) {
    case 'http':
      return conditionsOf(match).flatMap(({ alone, ...condition }) =>
        matchesRequest(alone, request) === false ? [condition] : [],
      )
    case 'tls':
      return [nameOf(textsAt(match, 'sniHosts'))]
    case 'tcp':
      return []
  }
}

function nameOf(names: readonly string[]): Unmet {
  const example = names.find((name) => !isWildcard(name))
  return { part: 'host', what: `host ${names.join(' or ')}`, ...(example ? { example } : {}) }
}

/** A condition, and a match that has no other. */
type Condition = Unmet & { alone: JsonObject }

const SINGLE = { uri: 'path', method: 'method', authority: 'host', scheme: 'scheme' } as const
const NAMED = { headers: 'header', queryParams: 'query' } as const

function conditionsOf(match: JsonObject): Condition[] {
  const single = entriesOf(SINGLE).flatMap(([field, part]): Condition[] => {
    const written = match[field]
    if (written === undefined) return []
    const value = parseStringMatch(written)
    const { ignoreUriCase } = match
    const alone = { [field]: written, ...(ignoreUriCase === true ? { ignoreUriCase } : {}) }
    return [{ part, what: `${part}${textOf(value)}`, ...exampleOf(value), alone }]
  })
  const named = entriesOf(NAMED).flatMap(([field, part]) =>
    mapAt(match, field).map(([name, written]): Condition => {
      const value = parseStringMatch(written)
      const noun = part === 'query' ? 'query parameter' : part
      const alone = { [field]: { [name]: written } }
      return { part, name, what: `${noun} ${name}${textOf(value)}`, ...exampleOf(value), alone }
    }),
  )
  const without = mapAt(match, 'withoutHeaders').map(([name, written]): Condition => {
    const what = `no header ${name}${textOf(parseStringMatch(written))}`
    return { part: 'header', what, alone: { withoutHeaders: { [name]: written } } }
  })
  return [...single, ...named, ...without]
}

function mapAt(match: JsonObject, field: string): [name: string, Json][] {
  const map = match[field]
  return isObject(map)
    ? Object.entries(map).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))
    : []
}

function entriesOf<K extends string, V>(table: Readonly<Record<K, V>>): [K, V][] {
  return Object.entries(table) as [K, V][]
}

function textOf(match: StringMatch): string {
  switch (match.kind) {
    case 'present':
      return ''
    case 'exact':
      return ` ${match.text}`
    case 'prefix':
      return ` that begins with ${match.text}`
    case 'regex':
      return ` that matches ${match.text}`
  }
}

/** A value that matches, if it is simple to tell. */
function exampleOf(match: StringMatch): { example?: string } {
  if (match.kind === 'regex') return {}
  return { example: match.kind === 'present' ? 'true' : match.text }
}
