import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { type ApiServer, openApiServer } from '../../src/kube/api-server.ts'
import { type Cluster, loadCluster } from '../../src/kube/credentials/load-cluster.ts'
import { MANAGER } from '../../src/kube/request/api-request.ts'
import { ROUTE } from '../run/object.ts'
import { startTurns, type Turns } from './turns.ts'

/** A sandbox that many courses use, one after the other, each with a recreated object. */
export type World = {
  sandbox: Sandbox
  /** Where a party connects to, each to its own, so that none meets what another left. */
  gateway(name: string): Promise<Turns>
  /** A client of the API server; the same one each time for the same name. */
  client(name: string): ApiServer
  /** The API server's clock, milliseconds since 1970. */
  now(): number
  /** Moves that clock on. */
  pass(ms: number): void
  /** Recreates the route object as it was at the start. */
  reset(): void
  stop(): Promise<void>
}

/** The weights that every object begins with. */
export const START = { v1: 80, v2: 20 }

export async function startWorld(): Promise<World> {
  let clockMs = Date.UTC(2026, 0, 1)
  const sandbox = await startSandbox({ weights: START, now: () => new Date(clockMs) })
  const first = structuredClone(sandbox.objects.get(ROUTE))
  if (!first) throw new Error('the sandbox has no route object')
  const cluster = clusterOf(sandbox)
  const clients = new Map<string, ApiServer>()
  const gateways = new Map<string, Promise<Turns>>()
  return {
    sandbox,
    client(name) {
      const known = clients.get(name) ?? openClient(cluster)
      clients.set(name, known)
      return known
    },
    gateway(name) {
      const known = gateways.get(name) ?? startTurns()
      gateways.set(name, known)
      return known
    },
    now: () => clockMs,
    pass(ms) {
      clockMs += ms
    },
    reset() {
      if (sandbox.objects.get(ROUTE)) sandbox.objects.delete(ROUTE)
      // Everybody writes under the name of this tool, so a rolled-back run has no fields to give back:
      // one more write, of managedFields alone, would only multiply the orders that are played.
      sandbox.objects.create(structuredClone(first), MANAGER)
      sandbox.calls.length = 0
    },
    async stop() {
      for (const client of clients.values()) client.close()
      for (const gateway of gateways.values()) await (await gateway).stop()
      await sandbox.stop()
    },
  }
}

function clusterOf(sandbox: Sandbox): Cluster {
  const source = {
    kubeconfig: { kind: 'yaml' as const, text: sandbox.kubeconfig },
    context: undefined,
  }
  const loaded = loadCluster(source, {})
  if (!loaded.ok) throw new Error(loaded.what)
  return loaded.cluster
}

function openClient(cluster: Cluster): ApiServer {
  return openApiServer(cluster, {
    onCall: () => undefined,
    onSecret: () => undefined,
    redact: (text) => text,
    random: () => 0.5,
    nowMs: () => performance.now(),
  })
}
