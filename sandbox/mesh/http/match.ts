import { type HeaderList, headerValue } from './header-changes.ts'
import type { HttpRoute, RouteMatch, TextMatch, VirtualHost } from './routes.ts'

/** A request's line and headers. The path includes the query. */
export type RequestHead = {
  method: string
  scheme: 'http' | 'https'
  authority: string
  path: string
  headers: HeaderList
}

/**
 * The virtual host of a request: the one with its host, else the longest one that begins with `*` and covers it, else
 * `*`. The port in the request's host does not matter.
 */
export function virtualHostOf(
  hosts: readonly VirtualHost[],
  authority: string,
): VirtualHost | undefined {
  const host = authority.replace(/:\d+$/, '').toLowerCase()
  const covers = ({ domain }: VirtualHost) =>
    domain === '*' ||
    (domain.startsWith('*') && host.endsWith(domain.slice(1)) && host.length >= domain.length)
  return (
    hosts.find(({ domain }) => domain === host) ??
    hosts.filter(covers).sort((one, other) => other.domain.length - one.domain.length)[0]
  )
}

/** The first route of a virtual host that takes a request. */
export function routeFor(host: VirtualHost, request: RequestHead): HttpRoute | undefined {
  return host.routes.find(({ match }) => matches(match, request))
}

function matches(match: RouteMatch, request: RequestHead): boolean {
  const [path = '', query = ''] = request.path.split(/[?#]/)
  const valueIn = (name: string) =>
    name.startsWith(':') ? pseudoHeader(request, name) : headerValue(request.headers, name)
  return (
    matchesPath(match, path) &&
    match.headers.every(({ name, match: wanted }) => matchesText(wanted, valueIn(name))) &&
    match.withoutHeaders.every(({ name, match: unwanted }) =>
      unwanted.kind === 'present'
        ? valueIn(name) === undefined
        : !matchesText(unwanted, valueIn(name) ?? ''),
    ) &&
    match.query.every(({ name, match: wanted }) => matchesText(wanted, parameterOf(query, name)))
  )
}

function matchesPath({ path: wanted, ignoresCase }: RouteMatch, path: string): boolean {
  if (wanted.kind === 'regex') return matchesWhole(wanted.text, path)
  const folded = (text: string) => (ignoresCase ? text.toLowerCase() : text)
  if (wanted.kind === 'exact') return folded(path) === folded(wanted.text)
  return folded(path).startsWith(folded(wanted.text))
}

function matchesText(wanted: TextMatch, value: string | undefined): boolean {
  if (value === undefined) return false
  switch (wanted.kind) {
    case 'present':
      return true
    case 'exact':
      return value === wanted.text
    case 'prefix':
      return value.startsWith(wanted.text)
    case 'regex':
      return matchesWhole(wanted.text, value)
  }
}

const compiled = new Map<string, RegExp>()

/** Whether a regular expression matches all of a text, as RE2 does for Envoy. */
function matchesWhole(source: string, text: string): boolean {
  return expressionOf(`^(?:${source})$`).test(text)
}

/** A regular expression. Flags at its beginning, such as `(?i)`, are those of RE2. */
export function expressionOf(source: string, flags = ''): RegExp {
  const key = `${flags} ${source}`
  const known = compiled.get(key)
  if (known !== undefined) return known
  const [, inner] = /\(\?([is]+)\)/.exec(source) ?? []
  const expression = new RegExp(source.replace(/\(\?[is]+\)/, ''), `${flags}${inner ?? ''}`)
  compiled.set(key, expression)
  return expression
}

function pseudoHeader(request: RequestHead, name: string): string | undefined {
  if (name === ':method') return request.method
  if (name === ':authority') return request.authority
  return name === ':scheme' ? request.scheme : undefined
}

/** The first value of a query parameter, as it is written; undefined if it is missing. */
function parameterOf(query: string, name: string): string | undefined {
  for (const pair of query.split('&')) {
    const [key, ...value] = pair.split('=')
    if (key === name) return value.join('=')
  }
  return undefined
}
