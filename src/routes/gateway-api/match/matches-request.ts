import { type Answer, allHold } from '../../match/answer.ts'
import { matchesPresent } from '../../match/present-value.ts'
import { valuesOfHeader } from '../../match/request-headers.ts'
import { firstParameter, isChangedByGateway, pathOf } from '../../match/request-path.ts'
import { matchesValue } from '../../match/string-match.ts'
import type { HttpRequest } from '../../probe-request.ts'
import type { Conditions, PathMatch } from './conditions.ts'

/** Whether a request meets all conditions of a match. */
export function meets(conditions: Conditions, request: HttpRequest): Answer {
  const { path, method, headers, query, unknown } = conditions
  return allHold([
    path === undefined || meetsPath(path, request.path),
    method === undefined || method === request.method,
    ...headers.map(([name, match]) => matchesPresent(match, valuesOfHeader(request, name))),
    ...query.map(([name, match]) =>
      matchesPresent(match, { values: firstParameter(request.path, name) }),
    ),
    ...unknown.map((why) => ({ why })),
  ])
}

function meetsPath(match: PathMatch, pathAndQuery: string): Answer {
  if (isEveryPath(match)) return true
  const path = pathOf(pathAndQuery)
  if (isChangedByGateway(path))
    return { why: `the gateway may normalize the path ${path} before it matches it` }
  return match.kind === 'prefix' ? startsWithElements(path, match.text) : matchesValue(match, path)
}

/** Whether a match has no condition on the path. */
export function isEveryPath({ kind, text }: PathMatch): boolean {
  return (kind === 'prefix' && text === '/') || (kind === 'regex' && text === '.*')
}

/** Whether a path begins with whole elements: `/abc` with those of `/abc/def`, and not with those of `/abcdef`. */
export function startsWithElements(path: string, prefix: string): boolean {
  return prefix === '/' || path === prefix || path.startsWith(`${prefix}/`)
}
