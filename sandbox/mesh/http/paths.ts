import { expressionOf, type RequestHead } from './match.ts'
import type { HttpRoute, RouteAction, RouteMatch } from './routes.ts'

/** The path, with its query, that a route's rewrite makes of a request's. */
export function rewritten({ action, match }: HttpRoute, path: string): string {
  if (action.kind !== 'forward' || action.rewrite === undefined) return path
  const { rewrite } = action
  const [plain, query] = splitPath(path)
  if (rewrite.kind === 'prefix') return withPrefix(match, plain, rewrite.text) + query
  const expression = expressionOf(rewrite.pattern, 'g')
  // RE2 refers to groups as \1, JavaScript as $1.
  return (
    plain.replace(expression, rewrite.text.replaceAll('$', '$$$$').replace(/\\(\d)/g, '$$$1')) +
    query
  )
}

/** The value of `location` for a redirect. */
export function redirectTo(
  action: Extract<RouteAction, { kind: 'redirect' }>,
  match: RouteMatch,
  head: RequestHead,
): string {
  const scheme = action.scheme ?? head.scheme
  const [name, port] = [head.authority.replace(/:\d+$/, ''), /:(\d+)$/.exec(head.authority)?.[1]]
  // A port that is the usual one of the request's scheme is left out when the scheme changes.
  const usual = { http: '80', https: '443' }[head.scheme]
  const kept =
    port === undefined || (action.scheme !== undefined && port === usual) ? '' : `:${port}`
  const host = action.host ?? name
  const shownPort =
    action.port === undefined ? (action.host === undefined ? kept : '') : `:${action.port}`
  const [plain, query] = splitPath(head.path)
  return `${scheme}://${host}${shownPort}${pathOf(action, match, plain, query)}`
}

function pathOf(
  { path }: Extract<RouteAction, { kind: 'redirect' }>,
  match: RouteMatch,
  plain: string,
  query: string,
): string {
  if (path === undefined) return plain + query
  if (path.kind === 'prefix') return withPrefix(match, plain, path.text) + query
  return path.text.includes('?') ? path.text : path.text + query
}

/** A path whose matched part is replaced: all of it, unless the match is a prefix. */
function withPrefix({ path: matched }: RouteMatch, path: string, by: string): string {
  return ['prefix', 'elements'].includes(matched.kind) ? by + path.slice(matched.text.length) : by
}

function splitPath(path: string): [plain: string, query: string] {
  const at = path.indexOf('?')
  return at < 0 ? [path, ''] : [path.slice(0, at), path.slice(at)]
}

/** A path without `.` and `..`, as Istio lets Envoy read it. */
export function normalized(path: string): string {
  const [plain, query] = splitPath(path)
  return /[\\]|\/\.|%2e/i.test(plain) ? new URL(`http://host${plain}`).pathname + query : path
}
