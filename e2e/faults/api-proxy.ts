import https from 'node:https'
import type { ApiRequest, ApiResponse } from '../../sandbox/api/exchange.ts'
import { kubeconfigOf } from '../../sandbox/api/kubeconfig.ts'
import { type ApiCall, startApiServer } from '../../sandbox/api/server.ts'
import { type ApiFault, type ApiRule, runThrough } from '../../sandbox/faults/api-fault.ts'
import { createOrders, type Order } from '../../sandbox/faults/orders.ts'
import { API_PORT } from '../processes/addresses.ts'
import { ADMIN_TOKEN, authority, serverOf } from '../processes/credentials.ts'

/**
 * A TLS proxy in front of the real API server. It forwards requests, or applies the ordered faults to them. Like many
 * proxies it upgrades no connection, so a run through it has no tunnels.
 */
export type ApiProxy = {
  /** YAML: the proxy's address and authority, the administrator's token. */
  kubeconfig: string
  /** Every request so far. */
  calls: ApiCall[]
  /** The sandbox's faults of an API server (sandbox/faults/api-acts.ts), which take effect at once. */
  order(fault: ApiFault): Promise<Order>
  clear(): Promise<void>
  /** Clears all faults and forgets all requests. */
  reset(): Promise<void>
  stop(): Promise<void>
}

export async function startApiProxy(): Promise<ApiProxy> {
  const orders = createOrders<ApiRule>()
  const calls: ApiCall[] = []
  const stopped = new AbortController()
  const agent = new https.Agent({ keepAlive: true, ca: authority() })
  const server = await startApiServer({
    port: 0,
    calls,
    now: () => new Date(),
    userOf: () => '',
    respond: (request) =>
      runThrough(
        orders.active(),
        request,
        async () => ({ kind: 'answer', response: await forwarded(request, agent) }),
        stopped.signal,
      ),
  })
  return {
    kubeconfig: kubeconfigOf({ ...server, token: ADMIN_TOKEN, namespace: 'demo' }),
    calls,
    order: (fault) => orders.order({ fault, seen: 0, acted: 0 }),
    clear: orders.clear,
    async reset() {
      await orders.clear()
      calls.splice(0)
    },
    async stop() {
      stopped.abort()
      await server.stop()
      agent.destroy()
    },
  }
}

/** The headers of the answer that matter to a client. The others belong to the connection. */
const KEPT = /^(content-type|retry-after|warning|x-.*)$/

function forwarded(
  { method, path, headers, body }: ApiRequest,
  agent: https.Agent,
): Promise<ApiResponse> {
  if (headers.upgrade !== undefined)
    return Promise.resolve({ status: 400, headers: {}, body: 'connections are not upgraded here' })
  const { host: _, connection: __, ...kept } = headers
  return new Promise((resolve, reject) => {
    const url = new URL(path, serverOf(API_PORT))
    const request = https.request(url, { method, headers: kept, agent }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const pairs = Object.entries(response.headers).filter(([name]) => KEPT.test(name))
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(pairs.map(([name, value]) => [name, String(value)])),
          body: Buffer.concat(chunks).toString('utf8'),
        })
      })
    })
    request.on('error', reject)
    request.end(body)
  })
}
