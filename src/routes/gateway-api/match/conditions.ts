import { type Json, type JsonObject, objectsAt, textAt } from '../../../kube/json.ts'
import type { StringMatch } from '../../match/string-match.ts'
import type { Protocol } from '../../rule.ts'

/** What a path must be. A prefix is one of whole path elements, without a slash at its end unless that is all of it. */
export type PathMatch = Exclude<StringMatch, { kind: 'present' }>

export type NamedMatch = readonly [name: string, match: StringMatch]

/** What a match of an http or grpc rule asks of a request. */
export type Conditions = {
  /** undefined: every path. */
  path: PathMatch | undefined
  method: string | undefined
  headers: readonly NamedMatch[]
  query: readonly NamedMatch[]
  /** Clauses about what this version cannot evaluate. */
  unknown: readonly string[]
}

/** The conditions of a match as written; undefined: of a rule without matches. */
export function conditionsOf(protocol: Protocol, match: JsonObject = {}): Conditions {
  return protocol === 'grpc' ? grpcConditions(match) : httpConditions(match)
}

const HTTP_FIELDS = ['path', 'method', 'headers', 'queryParams']
const GRPC_FIELDS = ['method', 'headers']

function httpConditions(match: JsonObject): Conditions {
  const path = httpPath(match.path)
  const [headers, query] = [namedIn(match, 'headers'), namedIn(match, 'queryParams')]
  return {
    path: typeof path === 'string' ? undefined : path,
    method: textAt(match, 'method'),
    headers: known(headers),
    query: known(query),
    unknown: [
      ...(typeof path === 'string' ? [path] : []),
      ...[...headers, ...query].flatMap(({ why }) => why ?? []),
      ...unknownFields(match, HTTP_FIELDS),
    ],
  }
}

/** Source: the Gateway API's HTTPPathMatch, and istio, createURIMatch. */
function httpPath(json: Json | undefined): PathMatch | string {
  const [type, text] = [textAt(json, 'type') ?? 'PathPrefix', textAt(json, 'value') ?? '/']
  switch (type) {
    case 'Exact':
      return { kind: 'exact', text }
    case 'PathPrefix':
      return { kind: 'prefix', text: text === '/' ? text : text.replace(/\/$/, '') }
    case 'RegularExpression':
      return { kind: 'regex', text }
    default:
      return unknownType('path', type)
  }
}

function grpcConditions(match: JsonObject): Conditions {
  const path = match.method === undefined ? undefined : grpcPath(match.method)
  const headers = namedIn(match, 'headers')
  return {
    path: typeof path === 'string' ? undefined : path,
    method: undefined,
    headers: known(headers),
    query: [],
    unknown: [
      ...(typeof path === 'string' ? [path] : []),
      ...headers.flatMap(({ why }) => why ?? []),
      ...unknownFields(match, GRPC_FIELDS),
    ],
  }
}

/**
 * A service and method as the path of a request, which is /SERVICE/METHOD.
 * Source: istio, createGRPCURIMatch.
 */
function grpcPath(json: Json): PathMatch | string {
  const type = textAt(json, 'type') ?? 'Exact'
  const [service, method] = [textAt(json, 'service'), textAt(json, 'method')]
  if (type === 'RegularExpression')
    return { kind: 'regex', text: `/${service ?? '[^/]+'}/${method ?? '.+'}` }
  if (type !== 'Exact') return unknownType('method', type)
  if (service === undefined)
    return { kind: 'regex', text: method === undefined ? '/.*' : `/[^/]+/${literal(method)}` }
  return method === undefined
    ? { kind: 'prefix', text: `/${service}` }
    : { kind: 'exact', text: `/${service}/${method}` }
}

/** The names of gRPC have no character that means something in an expression, but for the dot. */
function literal(name: string): string {
  return name.replaceAll('.', '\\.')
}

type Named = { one?: NamedMatch; why?: string }

/** The conditions in a list of names with values. */
function namedIn(match: JsonObject, field: string): Named[] {
  return objectsAt(match, field).map((item): Named => {
    const [type, name] = [textAt(item, 'type') ?? 'Exact', textAt(item, 'name') ?? '']
    const text = textAt(item, 'value') ?? ''
    if (type === 'Exact') return { one: [name, { kind: 'exact', text }] }
    if (type === 'RegularExpression') return { one: [name, { kind: 'regex', text }] }
    return { why: unknownType(field, type) }
  })
}

function known(list: readonly Named[]): NamedMatch[] {
  return list.flatMap(({ one }) => (one === undefined ? [] : [one]))
}

function unknownType(field: string, type: string): string {
  return `the match has ${field} of type ${type}, which this version cannot evaluate`
}

function unknownFields(match: JsonObject, fields: readonly string[]): string[] {
  return Object.keys(match)
    .filter((field) => !fields.includes(field))
    .map((field) => `the match has the field ${field}, which this version cannot evaluate`)
}
