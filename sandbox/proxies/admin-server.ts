import { createServer, type Server, type ServerResponse } from 'node:http'
import { type AdminFault, latestFor } from '../faults/admin-fault.ts'
import type { Replica } from '../mesh/replica.ts'
import type { JsonObject } from '../objects/json.ts'
import { clusterStatuses } from './dump/clusters.ts'
import { istioRequests } from './dump/istio-requests.ts'
import { dumpedListeners } from './dump/listeners.ts'
import { dumpedRoutes } from './dump/routes.ts'
import type { HostCounters } from './host-stats.ts'

/** Port of the admin endpoint in an Istio proxy. It listens on 127.0.0.1 of its Pod. */
export const ADMIN_PORT = 15_000

/** The admin endpoint of a replica, as far as this project reads it. It does not listen yet. */
export function adminServer(
  pod: string,
  current: () => Replica,
  { faults, hasStatistics }: { faults: () => readonly AdminFault[]; hasStatistics: boolean },
): Server {
  return createServer((request, response) => {
    request.resume()
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const fault = latestFor(pod, faults())
    if (fault?.kind === 'hangs') return
    if (fault?.kind === 'answers') return answer(response, fault.status, fault.body)
    const go = () => {
      const { status, body } = answerTo(pathname, searchParams, { ...current(), hasStatistics })
      const more = fault?.kind === 'huge' ? ' '.repeat(fault.bytes) : ''
      answer(response, status, body + more)
    }
    if (fault?.kind !== 'slow') return go()
    const timer = setTimeout(go, fault.ms).unref()
    response.once('close', () => clearTimeout(timer))
  })
}

function answer(response: ServerResponse, status: number, body: string): void {
  const type = body.startsWith('{') ? 'application/json' : 'text/plain; charset=UTF-8'
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-cache, max-age=0',
    'x-content-type-options': 'nosniff',
    server: 'envoy',
  })
  response.end(body)
}

type Answer = { status: number; body: string }

function answerTo(
  path: string,
  query: URLSearchParams,
  replica: Replica & { hasStatistics: boolean },
): Answer {
  if (path === '/server_info') return serverInfo(replica)
  if (path === '/ready') return { status: 200, body: 'LIVE\n' }
  if (path === '/config_dump') return dump(query, replica)
  if (path === '/clusters') return clusters(query, replica)
  if (path === '/stats') return stats(query, replica)
  if (path === '/stats/prometheus') return { status: 200, body: istioRequests(replica.counters) }
  return { status: 404, body: 'invalid path. admin commands are:\n' }
}

/** Whole seconds. Source: envoy, ServerInfoHandler. */
function serverInfo({ uptimeMs, drainMs }: Replica): Answer {
  const uptime = `${Math.floor(uptimeMs() / 1000)}s`
  const command_line_options = { drain_time: `${Math.round(drainMs / 1000)}s` }
  const info = {
    ...{ state: 'LIVE', uptime_current_epoch: uptime, uptime_all_epochs: uptime },
    command_line_options,
  }
  return { status: 200, body: text(info) }
}

/** A name matches a regular expression if all of it does. Source: envoy, ConfigDumpHandler. */
function dump(query: URLSearchParams, { config, record }: Replica): Answer {
  const resource = query.get('resource') ?? ''
  const names = expression(query.get('name_regex') ?? '.*')
  if (names === undefined) return { status: 400, body: 'Error while parsing name_regex' }
  const found = DUMPS[resource]?.(config(), record)
  if (found === undefined) return { status: 404, body: `${resource} not found in config dump` }
  const whole = new RegExp(`^(?:${names.source})$`)
  const configs = found.filter((one) => whole.test(nameIn(one)))
  return { status: 200, body: text({ configs }) }
}

const DUMPS: Readonly<
  Record<string, (...of: [ReturnType<Replica['config']>, Replica['record']]) => JsonObject[]>
> = { dynamic_listeners: dumpedListeners, dynamic_route_configs: dumpedRoutes }

function nameIn({ name, route_config: routes }: JsonObject): string {
  if (typeof name === 'string') return name
  return typeof routes === 'object' && routes !== null && !Array.isArray(routes)
    ? String(routes.name)
    : ''
}

function clusters(query: URLSearchParams, { counters }: Replica): Answer {
  const filter = expression(query.get('filter') ?? '')
  if (filter === undefined) return { status: 400, body: 'Invalid re2 regex' }
  if (query.get('format') !== 'json')
    return { status: 200, body: `${[...counters.list().keys()].join('\n')}\n` }
  return { status: 200, body: text({ cluster_statuses: clusterStatuses(counters, filter) }) }
}

/** One line for each statistic whose name the filter finds. */
function stats(
  query: URLSearchParams,
  { counters, hasStatistics }: { counters: HostCounters; hasStatistics: boolean },
): Answer {
  const filter = expression(query.get('filter') ?? '')
  if (filter === undefined) return { status: 400, body: 'Invalid re2 regex' }
  const ofClusters = [...counters.list().keys()].flatMap((cluster) =>
    Object.entries(counters.ofCluster(cluster)).map(
      ([name, value]) => [`cluster.${cluster};.${name}`, value] as const,
    ),
  )
  const all = [...(hasStatistics ? ofClusters : []), ['server.live', 1] as const]
  const lines = all.filter(([name]) => filter.test(name)).map((one) => `${one.join(': ')}\n`)
  return { status: 200, body: lines.join('') }
}

function text(body: JsonObject): string {
  return `${JSON.stringify(body, null, 1)}\n`
}

function expression(source: string): RegExp | undefined {
  try {
    return new RegExp(source)
  } catch {
    return undefined
  }
}
