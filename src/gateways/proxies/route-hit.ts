import { at, isObject, type Json, type JsonObject, objectsAt, textAt } from '../../kube/json.ts'
import { type Answer, isUndecided } from '../../routes/match/answer.ts'
import { matchesWhole } from '../../routes/match/whole-value.ts'
import type { ProbeRequest } from '../../routes/probe-request.ts'
import type { ProxyRoute } from './proxy-route.ts'

/** Which split of a proxy a request gets, as Envoy decides it; undefined: none, or that cannot be decided. */
export function routeHit(
  routes: readonly ProxyRoute[],
  request: ProbeRequest,
  port: number,
): ProxyRoute | undefined {
  return request.protocol === 'http'
    ? httpHit(routes, request, port)
    : tcpHit(routes, request.protocol === 'tls' ? request.sni : undefined, port)
}

type HttpRequest = Extract<ProbeRequest, { protocol: 'http' }>

function httpHit(
  routes: readonly ProxyRoute[],
  request: HttpRequest,
  port: number,
): ProxyRoute | undefined {
  const here = routes.filter((one) => one.protocol === 'http' && one.ports.includes(port))
  const authority = request.authority.toLowerCase()
  const domain = bestHost([...new Set(here.flatMap(({ hosts }) => hosts))], authority)
  const inOrder = here
    .filter(({ hosts }) => domain !== undefined && hosts.includes(domain))
    .toSorted((a, b) => a.place - b.place)
  for (const route of inOrder) {
    const matches = meets(route.match, request)
    if (isUndecided(matches)) return undefined
    if (matches) return route
  }
  return undefined
}

function tcpHit(
  routes: readonly ProxyRoute[],
  sni: string | undefined,
  port: number,
): ProxyRoute | undefined {
  const here = routes.filter((one) => one.protocol === 'tcp' && one.ports.includes(port))
  const name =
    sni === undefined
      ? undefined
      : bestHost(
          here.flatMap(({ hosts }) => hosts),
          sni,
        )
  return (
    here.find(({ hosts }) => name !== undefined && hosts.includes(name)) ??
    here.find(({ hosts }) => hosts.length === 0)
  )
}

/**
 * The domain that a host meets: itself, then the longest that begins with `*`, then the longest that ends with it, then `*`.
 * Source: envoy, VirtualHost.domains.
 */
function bestHost(domains: readonly string[], host: string): string | undefined {
  const longest = (fits: (domain: string) => boolean) =>
    domains
      .filter((domain) => domain !== '*' && fits(domain))
      .toSorted((a, b) => b.length - a.length)[0]
  const names = [host, host.replace(/:\d+$/, '')]
  return (
    domains.find((domain) => names.includes(domain)) ??
    longest(
      (domain) => domain.startsWith('*') && names.some((one) => one.endsWith(domain.slice(1))),
    ) ??
    longest(
      (domain) => domain.endsWith('*') && names.some((one) => one.startsWith(domain.slice(0, -1))),
    ) ??
    domains.find((domain) => domain === '*')
  )
}

/** Parts of Envoy's RouteMatch that are decided here. With any other, a match is not decided. */
const KNOWN: ReadonlySet<string> = new Set([
  ...['prefix', 'path', 'safe_regex', 'path_separated_prefix', 'case_sensitive'],
  ...['headers', 'query_parameters', 'grpc'],
])

function meets(match: JsonObject, request: HttpRequest): Answer {
  const unknown = Object.keys(match).find((part) => !KNOWN.has(part))
  if (unknown !== undefined) return { why: `it has ${unknown}` }
  const [path = '', query = ''] = splitOnce(request.path, '?')
  const parameters = new URLSearchParams(query)
  const answers: Answer[] = [
    meetsPath(match, path),
    ...objectsAt(match, 'headers').map((header) =>
      meetsValue(header, headerOf(request, (textAt(header, 'name') ?? '').toLowerCase())),
    ),
    ...objectsAt(match, 'query_parameters').map((one) =>
      meetsValue(one, parameters.get(textAt(one, 'name') ?? '') ?? undefined),
    ),
  ]
  return answers.find((answer) => answer === false) ?? answers.find(isUndecided) ?? true
}

function meetsPath(match: JsonObject, path: string): Answer {
  const folded = match.case_sensitive === false
  const same = (text: string) => (folded ? text.toLowerCase() : text)
  const [prefix, exact] = [textAt(match, 'prefix'), textAt(match, 'path')]
  const separated = textAt(match, 'path_separated_prefix')
  const regex = textAt(match, 'safe_regex', 'regex')
  if (prefix !== undefined) return same(path).startsWith(same(prefix))
  if (exact !== undefined) return same(path) === same(exact)
  if (separated !== undefined)
    return same(path) === same(separated) || same(path).startsWith(`${same(separated)}/`)
  return regex === undefined ? { why: 'it has no path' } : matchesWhole(regex, path)
}

function headerOf({ method, scheme, authority, path, headers }: HttpRequest, name: string) {
  const own: Record<string, string> = {
    ':method': method,
    ':scheme': scheme,
    ':authority': authority,
    ':path': path,
  }
  const given = headers.filter(([header]) => header === name).map(([, value]) => value)
  return own[name] ?? (given.length === 0 ? undefined : given.join(','))
}

function meetsValue(condition: JsonObject, value: string | undefined): Answer {
  const present = condition.present_match
  const met = isObject(at(condition, 'string_match'))
    ? value === undefined
      ? false
      : meetsText(at(condition, 'string_match'), value)
    : typeof present === 'boolean'
      ? (value !== undefined) === present
      : { why: 'it has a condition that is not known' }
  if (isUndecided(met) || condition.invert_match !== true) return met
  // An absent header does not meet an inverted condition, unless it says so.
  return value === undefined &&
    condition.treat_missing_header_as_empty !== true &&
    present === undefined
    ? false
    : !met
}

function meetsText(match: Json | undefined, value: string): Answer {
  const folded = at(match, 'ignore_case') === true
  const same = (text: string) => (folded ? text.toLowerCase() : text)
  const has = (field: string) => textAt(match, field)
  const [exact, prefix, suffix, contains] = ['exact', 'prefix', 'suffix', 'contains'].map(has)
  if (exact !== undefined) return same(value) === same(exact)
  if (prefix !== undefined) return same(value).startsWith(same(prefix))
  if (suffix !== undefined) return same(value).endsWith(same(suffix))
  if (contains !== undefined) return same(value).includes(same(contains))
  const regex = textAt(match, 'safe_regex', 'regex')
  return regex === undefined
    ? { why: 'it has a condition that is not known' }
    : matchesWhole(regex, value)
}

function splitOnce(text: string, by: string): string[] {
  const at = text.indexOf(by)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
