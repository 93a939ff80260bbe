import type { MeshConfig } from '../../mesh/config.ts'
import type {
  ForwardAction,
  HeaderChanges,
  HttpDestination,
  HttpRoute,
  MessageChanges,
  RouteAction,
  VirtualHost,
} from '../../mesh/http/routes.ts'
import type { Json, JsonObject } from '../../objects/json.ts'
import type { ConfigRecord } from '../config-record.ts'
import { httpHashPolicy } from './hash-policy.ts'
import { isOnly } from './listeners.ts'
import { matchOf } from './match.ts'

/** The dynamic route configurations of a dump. Source: envoy, api/envoy/admin/v3/config_dump_shared.proto. */
export function dumpedRoutes({ routes }: MeshConfig, record: ConfigRecord): JsonObject[] {
  return [...routes].map(([name, hosts]) => {
    const { version, updated } = record.routes(name)
    return {
      '@type': 'type.googleapis.com/envoy.admin.v3.RoutesConfigDump.DynamicRouteConfig',
      version_info: version,
      route_config: {
        '@type': 'type.googleapis.com/envoy.config.route.v3.RouteConfiguration',
        name,
        virtual_hosts: hosts.length === 0 ? [BLACK_HOLE] : hosts.map(hostOf),
        validate_clusters: false,
        max_direct_response_body_size_bytes: 1_048_576,
        ignore_port_in_host_matching: true,
      },
      last_updated: updated,
    }
  })
}

const BLACK_HOLE: JsonObject = { name: 'blackhole', domains: ['*'] }

function hostOf({ domain, aliases = [], routes, requiresTls }: VirtualHost): JsonObject {
  return {
    name: domain,
    domains: [domain, ...aliases],
    ...(routes.length === 0 ? {} : { routes: routes.map(routeOf) }),
    ...(requiresTls ? { require_tls: 'ALL' } : {}),
    include_request_attempt_count: true,
  }
}

function routeOf({ match, action, changes }: HttpRoute): JsonObject {
  return { match: matchOf(match), ...actionOf(action), ...changesOf(changes) }
}

function actionOf(action: RouteAction): JsonObject {
  if (action.kind === 'direct')
    return { direct_response: { status: action.status, body: { inline_string: action.body } } }
  if (action.kind === 'forward') return { route: forwardOf(action) }
  const { path, ...redirect } = action
  return {
    redirect: {
      ...(redirect.scheme === undefined ? {} : { scheme_redirect: redirect.scheme }),
      ...(redirect.host === undefined ? {} : { host_redirect: redirect.host }),
      ...(redirect.port === undefined ? {} : { port_redirect: redirect.port }),
      ...(path === undefined
        ? {}
        : { [path.kind === 'whole' ? 'path_redirect' : 'prefix_rewrite']: path.text }),
      response_code: CODES[redirect.status] ?? 'MOVED_PERMANENTLY',
    },
  }
}

const CODES: Readonly<Record<number, string>> = {
  302: 'FOUND',
  303: 'SEE_OTHER',
  307: 'TEMPORARY_REDIRECT',
  308: 'PERMANENT_REDIRECT',
}

function forwardOf({ destinations, retries, timeoutMs, rewrite, ...more }: ForwardAction): Json {
  return {
    ...clustersOf(destinations),
    ...httpHashPolicy(destinations),
    timeout: `${(timeoutMs ?? 0) / 1000}s`,
    ...(rewrite?.kind === 'prefix' ? { prefix_rewrite: rewrite.text } : {}),
    ...(rewrite?.kind === 'regex'
      ? { regex_rewrite: { pattern: { regex: rewrite.pattern }, substitution: rewrite.text } }
      : {}),
    ...(retries.attempts === 0
      ? {}
      : { retry_policy: { retry_on: [...retries.on].join(','), num_retries: retries.attempts } }),
    ...(more.missingStatus === 500
      ? { cluster_not_found_response_code: 'INTERNAL_SERVER_ERROR' }
      : {}),
    max_grpc_timeout: '0s',
  }
}

/** The only destination of a rule is a cluster without a weight, and its headers are those of the rule. */
function clustersOf(destinations: readonly HttpDestination[]): JsonObject {
  if (isOnly(destinations)) return { cluster: destinations[0]?.cluster ?? '' }
  const clusters = destinations.map(({ cluster, weight, changes }) => ({
    name: cluster,
    weight,
    ...changesOf(changes),
  }))
  return { weighted_clusters: { clusters } }
}

function changesOf({ request, response }: MessageChanges): JsonObject {
  return { ...listsOf('request', request), ...listsOf('response', response) }
}

function listsOf(message: 'request' | 'response', { remove, set, add }: HeaderChanges): JsonObject {
  const header = ([key, value]: readonly [string, string]): JsonObject => ({
    header: { key, value },
  })
  const added = [
    ...set.map((pair) => ({ ...header(pair), append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' })),
    ...add.map(header),
  ]
  return {
    ...(added.length === 0 ? {} : { [`${message}_headers_to_add`]: added }),
    ...(remove.length === 0 ? {} : { [`${message}_headers_to_remove`]: [...remove] }),
  }
}
