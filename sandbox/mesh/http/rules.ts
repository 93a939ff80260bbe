import {
  dig,
  isObject,
  type Json,
  listAt,
  numberAt,
  objectAt,
  textAt,
  textsAt,
} from '../../objects/json.ts'
import type { KubeObject } from '../../objects/kube-object.ts'
import { destinationOf, type Sight, weighted } from '../clusters.ts'
import { hasGatewaySemantics } from '../gateway-api/objects.ts'
import { tlsOf } from '../protocols.ts'
import type { BoundServer } from '../servers.ts'
import { fitsServer } from '../virtual-services.ts'
import { durationMs } from './duration.ts'
import { changesOf, joined, NO_CHANGES } from './header-changes.ts'
import { retriesOf } from './retries.ts'
import { faultOf } from './route-fault.ts'
import type {
  HttpDestination,
  HttpRoute,
  NamedMatch,
  PathRewrite,
  RouteAction,
  RouteMatch,
  TextMatch,
} from './routes.ts'

const ANY: RouteMatch = {
  path: { kind: 'prefix', text: '/' },
  ignoresCase: false,
  headers: [],
  withoutHeaders: [],
  query: [],
}

/**
 * The routes of a VirtualService's http rules for a server: one for each match, up to the first one that takes every
 * request. Source: istio, BuildHTTPRoutesForVirtualService.
 */
export function routesOf(owner: KubeObject, bound: BoundServer, sight: Sight): HttpRoute[] {
  const routes: HttpRoute[] = []
  for (const rule of listAt(owner, 'spec', 'http')) {
    const matches = listAt(rule, 'match')
    const fitting = matches
      .filter((match) => fits(match, owner, bound, sight))
      .map((match) => (hasGatewaySemantics(owner) ? byElements(matchOf(match)) : matchOf(match)))
    for (const match of matches.length === 0 ? [ANY] : fitting) {
      routes.push(routeOf(rule, match, { owner, bound, sight }))
      if (isCatchAll(match)) return routes
    }
  }
  return routes
}

/** Whether a match is without any condition. */
export function isCatchAll({ path, headers, withoutHeaders, query }: RouteMatch): boolean {
  const takesAll =
    (path.kind === 'prefix' && path.text === '/') || (path.kind === 'regex' && path.text === '.*')
  return takesAll && headers.length + withoutHeaders.length + query.length === 0
}

/** Labels and namespace of the source are those of the proxy's Pod. With `gateways` they are ignored. */
export function fits(
  match: Json,
  owner: KubeObject,
  bound: BoundServer,
  { client }: Sight,
): boolean {
  if (!fitsServer(match, owner, bound)) return false
  if (textsAt(match, 'gateways').length > 0) return true
  const labels = Object.entries(objectAt(match, 'sourceLabels'))
  const namespace = textAt(match, 'sourceNamespace') ?? ''
  return (
    labels.every(([label, value]) => client.labels[label] === value) &&
    (namespace === '' || namespace === client.namespace)
  )
}

/** Prefixes of the Gateway API end with an element of the path. */
function byElements(match: RouteMatch): RouteMatch {
  const { kind, text } = match.path
  if (kind !== 'prefix' || text === '/') return match
  return { ...match, path: { kind: 'elements', text: text.replace(/\/$/, '') } }
}

function matchOf(json: Json): RouteMatch {
  const pseudo = (['method', 'authority', 'scheme'] as const).flatMap((field): NamedMatch[] => {
    const value = dig(json, field)
    return isObject(value) ? [{ name: `:${field}`, match: textMatchOf(value) }] : []
  })
  const uri = textMatchOf(dig(json, 'uri') ?? null)
  return {
    path: uri.kind === 'present' ? ANY.path : uri,
    ignoresCase: dig(json, 'ignoreUriCase') === true,
    headers: [...namedMatches(json, 'headers'), ...pseudo],
    withoutHeaders: namedMatches(json, 'withoutHeaders'),
    query: namedMatches(json, 'queryParams'),
  }
}

function namedMatches(json: Json, field: string): NamedMatch[] {
  return Object.entries(objectAt(json, field)).map(([name, value]) => ({
    name: field === 'queryParams' ? name : name.toLowerCase(),
    match: textMatchOf(value),
  }))
}

/** A StringMatch. `*` is no regular expression: it means that the text is there. */
function textMatchOf(json: Json): TextMatch {
  for (const kind of ['exact', 'prefix', 'regex'] as const) {
    const text = textAt(json, kind)
    if (text === undefined) continue
    return kind === 'regex' && text === '*' ? { kind: 'present' } : { kind, text }
  }
  return { kind: 'present' }
}

type Around = { owner: KubeObject; bound: BoundServer; sight: Sight }

function routeOf(rule: Json, match: RouteMatch, around: Around): HttpRoute {
  const changes = changesOf(dig(rule, 'headers'))
  const action = actionOf(rule, match, around)
  const fault = faultOf(dig(rule, 'fault') ?? null)
  if (action.kind !== 'forward') return { match, changes, action, fault }
  const rewritten = textAt(rule, 'rewrite', 'authority')
  const authority = rewritten === undefined || rewritten === '' ? changes.authority : rewritten
  const [only] = action.destinations
  if (only === undefined || listAt(rule, 'route').length > 1)
    return { match, changes: { ...changes, authority }, action, fault }
  // The changes of a single destination are appended to those of the rule.
  const merged = joined({ ...changes, authority }, only.changes)
  const destinations = [{ ...only, changes: NO_CHANGES }]
  return { match, changes: merged, action: { ...action, destinations }, fault }
}

function actionOf(rule: Json, match: RouteMatch, { owner, bound, sight }: Around): RouteAction {
  const redirect = dig(rule, 'redirect')
  if (isObject(redirect)) return redirectOf(redirect, bound)
  const direct = dig(rule, 'directResponse')
  if (isObject(direct)) {
    const bytes = textAt(direct, 'body', 'bytes')
    const body = bytes === undefined ? '' : Buffer.from(bytes, 'base64').toString('utf8')
    return {
      kind: 'direct',
      status: numberAt(direct, 'status') ?? 200,
      body: textAt(direct, 'body', 'string') ?? body,
    }
  }
  const destinations = listAt(rule, 'route').map(
    (item): HttpDestination => ({
      ...destinationOf(item, owner, bound.port, sight),
      changes: changesOf(dig(item, 'headers')),
    }),
  )
  return {
    kind: 'forward',
    destinations: weighted(destinations),
    rewrite: rewriteOf(
      dig(rule, 'rewrite') ?? null,
      hasGatewaySemantics(owner) ? match : undefined,
    ),
    timeoutMs: durationMs(textAt(rule, 'timeout')),
    retries: retriesOf(dig(rule, 'retries') ?? null),
    missingStatus: hasGatewaySemantics(owner) ? 500 : 503,
  }
}

/** In the Gateway API, `/` in place of a prefix removes it, for which istiod has an expression. */
function rewriteOf(json: Json, removes: RouteMatch | undefined): PathRewrite | undefined {
  const pattern = textAt(json, 'uriRegexRewrite', 'match')
  if (pattern !== undefined)
    return { kind: 'regex', pattern, text: textAt(json, 'uriRegexRewrite', 'rewrite') ?? '' }
  const text = textAt(json, 'uri') ?? ''
  if (text === '/' && removes !== undefined) {
    const prefix = removes.path.kind === 'elements' ? removes.path.text : ''
    const literal = prefix.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    return { kind: 'regex', pattern: `^${literal}(/?)(.*)`, text: '/\\2' }
  }
  return text === '' ? undefined : { kind: 'prefix', text }
}

function redirectOf(json: Json, { server, port }: BoundServer): RouteAction {
  const scheme = filled(textAt(json, 'scheme'))
  const derived = textAt(json, 'derivePort') === 'FROM_REQUEST_PORT' ? port : undefined
  const given = numberAt(json, 'port') ?? derived
  const usual = (scheme ?? (tlsOf(server) === undefined ? 'http' : 'https')) === 'http' ? 80 : 443
  const prefix = filled(textAt(json, 'prefixRewrite'))
  const whole = filled(textAt(json, 'uri'))
  const path = prefix ?? whole
  return {
    kind: 'redirect',
    status: numberAt(json, 'redirectCode') || 301,
    scheme,
    host: filled(textAt(json, 'authority')),
    port: given === usual ? undefined : given,
    path:
      path === undefined
        ? undefined
        : { kind: prefix === undefined ? 'whole' : 'prefix', text: path },
  }
}

function filled(text: string | undefined): string | undefined {
  return text === '' ? undefined : text
}
