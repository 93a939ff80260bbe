import { kindOf } from '../../routes/kinds.ts'
import { coversHost, hostOf, isWildcard } from '../../routes/match/virtual-host.ts'
import type { HttpRequest, ProbeRequest, Unmet } from '../../routes/probe-request.ts'
import type { ServedAs } from '../gateway-search.ts'
import type { ProxyArrival } from './found-proxies.ts'

/** What a run sends, and whether only this rule of its object has the rule's destinations. */
type Known = { given: ProbeRequest | undefined; isOnly: boolean }

/** A request that hits a rule where it arrives: what the run sends, else one by the rule's matches; undefined: none is known. */
export function requestFor(
  served: ServedAs,
  place: ProxyArrival,
  { given, isOnly }: Known,
): ProbeRequest | undefined {
  const { arrival, hosts } = place
  const { protocol } = served.rule
  if (protocol === 'tcp') return connectionTo(place)
  const own = given && movedTo(place, given)
  if (own !== undefined && isHit(served, own, isOnly)) return own
  if (protocol === 'http' || protocol === 'grpc') return constructed(served, place)
  const [host] = hosts
  const request = { ...arrival, protocol, sni: host === undefined ? '' : concrete(host) }
  return isHit(served, request, isOnly) ? request : undefined
}

/** Where TLS ends at the gateway, the name in the ClientHello chooses the filter chain. */
function connectionTo({ arrival, hosts: [host = '*'], tls }: ProxyArrival): ProbeRequest {
  return tls === 'none'
    ? { ...arrival, protocol: 'tcp' }
    : { ...arrival, protocol: 'tls', sni: concrete(host) }
}

/** The same request at a place; undefined where its host is not admitted there. */
function movedTo({ arrival, hosts, tls }: ProxyArrival, given: ProbeRequest) {
  if (given.protocol === 'tcp') return undefined
  const host = given.protocol === 'tls' ? given.sni : hostOf(given.authority)
  if (!hosts.some((one) => coversHost(one, host.toLowerCase()))) return undefined
  if (given.protocol === 'tls') return { ...given, ...arrival }
  const isThere = arrival.gateway === given.gateway && arrival.port === given.port
  const scheme = tls === 'terminate' ? ('https' as const) : ('http' as const)
  return { ...given, ...arrival, scheme: isThere ? given.scheme : scheme }
}

/** Whether a request hits the rule. Where that is not known, the proxy decides, if the destinations then tell the rule. */
function isHit({ object, rule }: ServedAs, request: ProbeRequest, isOnly: boolean): boolean {
  const hit = kindOf(object).hit(object, request)
  const isOwn = (one: ServedAs['rule']) =>
    one.protocol === rule.protocol && one.index === rule.index
  if (hit.kind === 'unknown') return isOnly && hit.candidates.some(isOwn)
  return hit.kind === 'rule' && isOwn(hit.rule)
}

/** Each round meets what the one before lacked, or brings no example for it. */
const MOST_ROUNDS = 10

function constructed(served: ServedAs, place: ProxyArrival): HttpRequest | undefined {
  const { object, rule } = served
  const [host = '*'] = [...place.hosts.filter((one) => !isWildcard(one)), ...place.hosts]
  const isGrpc = rule.protocol === 'grpc'
  let request: HttpRequest = {
    ...place.arrival,
    protocol: 'http',
    method: isGrpc ? 'POST' : 'GET',
    scheme: place.tls === 'terminate' ? 'https' : 'http',
    authority: concrete(host),
    path: '/',
    headers: isGrpc ? [['content-type', 'application/grpc']] : [],
  }
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (isHit(served, request, false)) return request
    const unmet = kindOf(object).unmetConditions(rule, request)
    if (unmet.length === 0 || unmet.some(({ example }) => example === undefined)) return undefined
    request = unmet.reduce(meeting, request)
  }
  return undefined
}

function meeting(request: HttpRequest, { part, name = '', example = '' }: Unmet): HttpRequest {
  const [path = '/', query] = request.path.split('?')
  const withQuery = (own: string, parameters: readonly (string | undefined)[]) => {
    const all = parameters.filter((one) => one !== undefined)
    return all.length === 0 ? own : `${own}?${all.join('&')}`
  }
  switch (part) {
    case 'path':
      return { ...request, path: withQuery(example, [query]) }
    case 'query':
      return {
        ...request,
        path: withQuery(path, [query, new URLSearchParams({ [name]: example }).toString()]),
      }
    case 'method':
      return { ...request, method: example }
    case 'host':
      return { ...request, authority: concrete(example) }
    case 'scheme':
      return { ...request, scheme: example === 'https' ? 'https' : 'http' }
    case 'header':
      return { ...request, headers: [...request.headers, [name.toLowerCase(), example]] }
  }
}

/** A name that a host stands for. */
function concrete(host: string): string {
  return isWildcard(host) ? `any${host === '*' ? '.example' : host.slice(1)}` : host
}
