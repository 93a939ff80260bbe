import type { ApiServer } from '../../kube/api-server.ts'
import { isDeeperThan, type Json, textAt } from '../../kube/json.ts'
import { getThrough, StatusError } from '../../kube/tunnel/get-through.ts'
import { openTunnel, type PodName, type Tunnel } from '../../kube/tunnel/open-tunnel.ts'
import { clusterStatistics, statisticsFilter } from './cluster-statistics.ts'
import { proxyCounters } from './host-counters.ts'
import type { ProxyAdmin } from './proxy-admin.ts'
import { REQUESTS_FILTER, requestSeries } from './request-series.ts'

/** Where the Envoy of Istio serves its admin endpoint, on the loopback address of its Pod. */
const ADMIN_PORT = 15_000

/** A dump of a gateway with thousands of routes has some megabytes. */
const LIMITS = { ms: 10_000, bytes: 32 * 1024 * 1024 }

/** A duration in Protobuf's JSON. */
const SECONDS = /^(\d+)(?:\.\d+)?s$/

/** A route is some 30 levels deep. */
const MOST_LEVELS = 500

/** Opens a tunnel to the admin endpoint of the Envoy in a Pod. The signal ends only the opening. */
export async function openProxyAdmin(
  api: Pick<ApiServer, 'upgrade'>,
  pod: PodName,
  signal: AbortSignal,
): Promise<ProxyAdmin> {
  return proxyAdmin(await openTunnel(api, pod, signal))
}

/** The admin endpoint at the end of a tunnel. Reads reject with an Error whose message is a clause. */
export function proxyAdmin(tunnel: Tunnel): ProxyAdmin {
  const getText = (path: string, parameters: Record<string, string>, signal: AbortSignal) => {
    const query = new URLSearchParams(parameters)
    return getThrough(tunnel, { port: ADMIN_PORT, path: `${path}?${query}` }, LIMITS, signal)
  }
  const get = async (path: string, parameters: Record<string, string>, signal: AbortSignal) =>
    parsed(path, await getText(path, parameters, signal))
  return {
    async dump(resource, signal, nameRegex) {
      const names = nameRegex === undefined ? {} : { name_regex: nameRegex }
      try {
        return await get('/config_dump', { resource, ...names }, signal)
      } catch (error) {
        // A gateway for TCP alone has no route tables.
        if (error instanceof StatusError && error.status === 404) return { configs: [] }
        throw error
      }
    },
    async counters(signal, filter) {
      const filtered = filter === undefined ? {} : { filter }
      return proxyCounters(await get('/clusters', { format: 'json', ...filtered }, signal))
    },
    async statistics(signal, filter) {
      return clusterStatistics(
        await getText('/stats', { filter: statisticsFilter(filter) }, signal),
      )
    },
    async uptimeMs(signal) {
      const uptime = textAt(await get('/server_info', {}, signal), 'uptime_current_epoch') ?? ''
      const [, seconds] = SECONDS.exec(uptime) ?? []
      if (seconds === undefined) throw new Error('GET /server_info has no uptime')
      return Number(seconds) * 1000
    },
    async requests(signal) {
      return requestSeries(await getText('/stats/prometheus', { filter: REQUESTS_FILTER }, signal))
    },
    async drainMs(signal) {
      const info = await get('/server_info', {}, signal)
      const time = textAt(info, 'command_line_options', 'drain_time') ?? ''
      const [, seconds] = SECONDS.exec(time) ?? []
      if (seconds === undefined) throw new Error('GET /server_info has no drain time')
      return Number(seconds) * 1000
    },
    broken: tunnel.broken,
    close: tunnel.close,
  }
}

function parsed(path: string, text: string): Json {
  const answer = jsonOf(text)
  if (answer === undefined || isDeeperThan(MOST_LEVELS, answer))
    throw new Error(`GET ${path} answered with something other than the JSON of Envoy`)
  return answer
}

function jsonOf(text: string): Json | undefined {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
