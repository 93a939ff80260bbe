import type { NamedMatch, RouteMatch, TextMatch } from '../../mesh/http/routes.ts'
import type { JsonObject } from '../../objects/json.ts'

/** A match as Envoy writes it. Source: istio, TranslateRouteMatch; envoy, route_components.proto. */
export function matchOf({
  path,
  ignoresCase,
  headers,
  withoutHeaders,
  query,
}: RouteMatch): JsonObject {
  const conditions = [
    ...headers.map(conditionOf),
    ...withoutHeaders.map((one) => ({
      ...conditionOf(one),
      invert_match: true,
      ...(one.match.kind === 'present' ? {} : { treat_missing_header_as_empty: true }),
    })),
  ]
  const isAny = path.kind === 'prefix' && path.text === '/'
  const plain = isAny && conditions.length + query.length === 0
  return {
    ...pathOf(path),
    ...(plain ? {} : { case_sensitive: !ignoresCase }),
    ...(conditions.length === 0 ? {} : { headers: conditions }),
    ...(query.length === 0 ? {} : { query_parameters: query.map(conditionOf) }),
  }
}

function pathOf({ kind, text }: RouteMatch['path']): JsonObject {
  switch (kind) {
    case 'exact':
      return { path: text }
    case 'prefix':
      return { prefix: text }
    case 'elements':
      return { path_separated_prefix: text }
    case 'regex':
      return { safe_regex: { regex: text } }
  }
}

function conditionOf({ name, match }: NamedMatch): JsonObject {
  return match.kind === 'present'
    ? { name, present_match: true }
    : { name, string_match: stringOf(match) }
}

function stringOf({ kind, text }: Exclude<TextMatch, { kind: 'present' }>): JsonObject {
  return kind === 'regex' ? { safe_regex: { regex: text } } : { [kind]: text }
}
