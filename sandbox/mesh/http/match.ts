import type { HeaderList } from './header-changes.ts'
import type { HttpRoute, NamedMatch, RouteMatch, TextMatch, VirtualHost } from './routes.ts'

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
    hosts.find(({ domain, aliases = [] }) => domain === host || aliases.includes(host)) ??
    hosts.filter(covers).sort((one, other) => other.domain.length - one.domain.length)[0]
  )
}

/** The first route of a virtual host that takes a request. */
export function routeFor(host: VirtualHost, request: RequestHead): HttpRoute | undefined {
  return host.routes.find(({ match }) => matches(match, request))
}

function matches(match: RouteMatch, request: RequestHead): boolean {
  const [path = '', query = ''] = request.path.split('?')
  const has = ({ name, match: wanted }: NamedMatch) =>
    valuesOf(request, name).some((value) => matchesText(wanted, value))
  const lacks = (unwanted: NamedMatch) => {
    const isMissing = valuesOf(request, unwanted.name).length === 0
    return isMissing && unwanted.match.kind !== 'present'
      ? !matchesText(unwanted.match, '')
      : !has(unwanted)
  }
  return (
    matchesPath(match, path) &&
    match.headers.every(has) &&
    match.withoutHeaders.every(lacks) &&
    match.query.every(({ name, match: wanted }) => {
      const value = parameterOf(query, name)
      return value !== undefined && matchesText(wanted, value)
    })
  )
}

/**
 * The values of a header or of a part of the request's first line. Each is compared by itself. To Envoy, `host` is
 * another name of `:authority`.
 */
function valuesOf(request: RequestHead, name: string): string[] {
  if (name === ':method') return [request.method]
  if (name === ':authority' || name === 'host') return [request.authority]
  if (name === ':scheme') return [request.scheme]
  return request.headers.filter(([one]) => one === name).map(([, value]) => value)
}

function matchesPath({ path: wanted, ignoresCase }: RouteMatch, path: string): boolean {
  if (wanted.kind === 'regex') return matchesWhole(wanted.text, path)
  const folded = (text: string) => (ignoresCase ? text.toLowerCase() : text)
  if (wanted.kind === 'exact') return folded(path) === folded(wanted.text)
  if (wanted.kind === 'prefix') return folded(path).startsWith(folded(wanted.text))
  return `${folded(path)}/`.startsWith(`${folded(wanted.text)}/`)
}

function matchesText(wanted: TextMatch, value: string): boolean {
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

/** The first value of a query parameter, as it is written; undefined if it is missing. */
function parameterOf(query: string, name: string): string | undefined {
  for (const pair of query.split('&')) {
    const [key, ...value] = pair.split('=')
    if (key === name) return value.join('=')
  }
  return undefined
}
