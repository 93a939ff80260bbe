import type { World, WorldOptions } from '../../../kit/crash/world.ts'
import type { ApiRequest } from '../../../sandbox/api/exchange.ts'
import { kubeconfigOf } from '../../../sandbox/api/kubeconfig.ts'
import { type ApiCall, type Outcome, startApiServer } from '../../../sandbox/api/server.ts'
import { type ApiRule, runThrough } from '../../../sandbox/faults/api-fault.ts'
import { createOrders } from '../../../sandbox/faults/orders.ts'
import { parseJson } from '../../../sandbox/objects/json.ts'
import { virtualService } from '../../objects/tutorial.ts'
import { ADMIN_TOKEN } from '../../processes/credentials.ts'
import { api, routeIs, routeText } from './route.ts'

/**
 * The real mesh behind an API server of the sandbox that forwards every request to the real one, and can hold, drop and
 * record requests. The real one decides.
 */
export async function frontWorld({ weights }: WorldOptions): Promise<World> {
  await routeIs(weights)
  const orders = createOrders<ApiRule>()
  const stopped = new AbortController()
  const calls: ApiCall[] = []
  const front = await startApiServer({
    port: 0,
    calls,
    now: () => new Date(),
    userOf: () => 'admin',
    respond: (request) =>
      runThrough(orders.active(), request, () => passOn(request), stopped.signal),
  })
  return {
    kubeconfig: kubeconfigOf({ ...front, token: ADMIN_TOKEN, namespace: 'demo' }),
    inputs: {},
    calls,
    order: (fault) => orders.order({ fault, seen: 0, acted: 0 }),
    text: () => routeText(),
    edit: async (patch) => void (await api.merge(virtualService(), patch)),
    expire() {
      throw new Error('the clock of a real API server stays as it is')
    },
    async stop() {
      stopped.abort()
      await front.stop()
    },
  }
}

async function passOn({ method, path, body, headers }: ApiRequest): Promise<Outcome> {
  const sent = body === '' ? undefined : parseJson(body)
  const { status, text } = await api.call(method, path, sent, headers['content-type'])
  const type = { 'Content-Type': 'application/json' }
  return { kind: 'answer', response: { status, headers: type, body: text } }
}
