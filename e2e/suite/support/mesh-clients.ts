import { afterAll, beforeAll, onTestFinished } from 'vitest'
import type { MeshRule } from '../../../kit/run/mesh-rules.ts'
import { type KubeObject, namespaceOf } from '../../../sandbox/objects/kube-object.ts'
import { type HeldConnection, relayTo } from '../../faults/held-connection.ts'
import {
  clientPod,
  clientSidecar,
  createClientAccount,
  removeClientAccount,
} from '../../objects/client.ts'
import { CLIENT_PODS, ISTIOD } from '../../processes/addresses.ts'
import { type ClientName, PROXY_PODS } from '../../processes/envoy/proxy-pods.ts'
import { startSidecar } from '../../processes/envoy.ts'
import { clientRoutes } from '../../processes/gateway-routes.ts'
import { killProcess } from '../../processes/process.ts'
import { within } from '../../processes/within.ts'
import { type Generator, startUsers } from '../../users/generators.ts'
import { startGrpcUsers } from '../../users/grpc-users.ts'
import { api } from './route.ts'

export const CLIENTS = Object.keys(CLIENT_PODS) as ClientName[]
const HOST = 'web.demo.svc.cluster.local'
const RELAY_PORT = 15094

/** Starts two clients with sidecars before the tests. The result holds and releases the configuration of the other one. */
export function meshClients(): () => HeldConnection {
  let configuration: HeldConnection | undefined
  beforeAll(async () => {
    configuration = await relayTo(ISTIOD.xds, RELAY_PORT)
    await createClientAccount(api)
    for (const client of CLIENTS) {
      await api.create(clientPod(client))
      await api.create(clientSidecar(client))
    }
    await startSidecar('client')
    await startSidecar('otherClient', { xdsPort: RELAY_PORT })
  })
  afterAll(async () => {
    for (const client of CLIENTS) {
      await killProcess(PROXY_PODS[client].process)
      await api.remove(clientSidecar(client))
      await api.remove(clientPod(client))
    }
    await removeClientAccount(api)
    await configuration?.stop()
  })
  return () => {
    if (configuration === undefined) throw new Error('the clients are not started')
    return configuration
  }
}

/** Creates an object until the test ends. */
export async function lend(object: KubeObject): Promise<void> {
  await api.create(object)
  onTestFinished(() => api.remove(object))
}

/** Creates the object of a rule until the test ends, and resolves when both clients have these weights. */
export async function lendRule(rule: MeshRule, weights: { v1: number; v2: number }): Promise<void> {
  await lend(rule.object(weights))
  const wanted = (['v1', 'v2'] as const).map((one) => [rule.destination(one), weights[one]])
  for (const client of CLIENTS) await clientSplits(client, rule.port, Object.fromEntries(wanted))
}

/** Resolves when a client splits the requests for Service web like this. */
export async function clientSplits(
  client: ClientName,
  port: number,
  split: Readonly<Record<string, number>>,
): Promise<void> {
  await within(20_000, `${client} to split ${JSON.stringify(split)}`, async () => {
    const routes = (await clientRoutes(HOST, port, client)) ?? {}
    const names = new Set([...Object.keys(routes), ...Object.keys(split)])
    return [...names].every((name) => (routes[name] ?? 0) === (split[name] ?? 0))
  })
}

/** Users of a rule at both clients until the test ends. Those of HTTP are load generators of others. */
export async function usersOf({ port }: Pick<MeshRule, 'port'>): Promise<void> {
  const generators: Readonly<Record<ClientName, Generator>> = {
    client: 'fortio',
    otherClient: 'hey',
  }
  for (const client of CLIENTS) {
    const at = { host: CLIENT_PODS[client], port }
    const users =
      port === 80
        ? await startUsers(generators[client], { url: `http://${at.host}:${port}/`, host: HOST })
        : startGrpcUsers(at, HOST)
    onTestFinished(() => users.stop())
  }
}

/** An object as it is on the API server, by its name. */
export function readObject(object: KubeObject): Promise<KubeObject> {
  if (namespaceOf(object) === '') throw new Error('the object has no namespace')
  return api.read(object)
}
