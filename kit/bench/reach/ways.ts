import {
  openServiceProxy,
  type ProxiedService,
} from '../../../src/evidence/probe/api-proxy/service-proxy.ts'
import type { KeptDial } from '../../../src/evidence/probe/connection-outcome.ts'
import { type ApiServer, openApiServer } from '../../../src/kube/api-server.ts'
import { loadCluster } from '../../../src/kube/credentials/load-cluster.ts'
import { listenLocally } from '../../../src/kube/forward/listen-locally.ts'
import { startPodsInTurn } from '../../../src/kube/forward/pods-in-turn.ts'
import { openTunnel, type PodName } from '../../../src/kube/tunnel/open-tunnel.ts'
import { plainTable, whole } from '../split/text-table.ts'
import type { Exchange, Round } from '../wire/exchange.ts'
import { spreadOf } from '../wire/spread.ts'

/** A way to the gateway, and what takes a round of samples on it. */
export type Way = { name: string; to: Pick<Round, 'host' | 'port'>; exchange: Exchange }

const NEVER = new AbortController().signal

/** The API server of a kubeconfig (YAML), as a run opens it. */
export function apiServerOf(kubeconfig: string): ApiServer {
  const yaml = { kind: 'yaml' as const, text: kubeconfig }
  const loaded = loadCluster({ kubeconfig: yaml, context: undefined }, {})
  if (!loaded.ok) throw new Error(loaded.what)
  return openApiServer(loaded.cluster, {
    onCall: () => undefined,
    onSecret: () => undefined,
    redact: (text) => text,
    random: Math.random,
    nowMs: () => performance.now(),
  })
}

/** The port of this machine that `connect: port-forward` opens to one Pod. */
export async function portForward(api: ApiServer, pod: PodName, port: number) {
  const inTurn = await startPodsInTurn(
    {
      readPods: async () => [{ ...pod, uid: pod.name, port }],
      openTunnel: (to, signal) => openTunnel(api, to, signal),
      nowMs: () => performance.now(),
    },
    NEVER,
  )
  const listener = await listenLocally(inTurn.connect)
  return {
    ...listener,
    close() {
      listener.close()
      inTurn.close()
    },
  }
}

const TIMEOUT_MS = 5000

/** The dial of `connect: api-proxy` to a Service. */
export function serviceProxyDial(api: ApiServer, service: ProxiedService, host: string): KeptDial {
  const asked = { method: 'GET', path: '/', authority: host, headers: [] }
  return { dial: openServiceProxy(api, service, asked).open(TIMEOUT_MS), close: () => undefined }
}

const IN_FLIGHT = [16, 1] as const

/** Samples a second of each way, in rounds in turn. Returns the table, and how many samples failed. */
export async function compareWays(
  ways: readonly Way[],
  rounds: number,
  connections: number,
): Promise<{ table: string; failed: number }> {
  let failed = 0
  const rates = new Map<string, number[]>()
  for (let round = 0; round < rounds; round += 1)
    for (const inFlight of IN_FLIGHT)
      for (const { name, to, exchange } of ways) {
        const begunMs = performance.now()
        failed += await exchange({ ...to, connections, inFlight })
        const perSecond = (1000 * connections) / (performance.now() - begunMs)
        const key = `${name} ${inFlight}`
        // The first round warms up.
        if (round > 0) rates.set(key, [...(rates.get(key) ?? []), perSecond])
      }
  const table = plainTable({
    title: 'Ways to the gateway',
    explained:
      'Samples a second, median (quartiles), each on a new connection unless it says otherwise.',
    headings: ['', ...IN_FLIGHT.map((count) => `${count} in flight`)],
    rows: ways.map(({ name }) => [
      name,
      ...IN_FLIGHT.map((inFlight) => spreadText(rates.get(`${name} ${inFlight}`) ?? [])),
    ]),
  })
  return { table, failed }
}

function spreadText(values: readonly number[]): string {
  const { median, lower, upper } = spreadOf(values)
  return `${whole(median)} (${whole(lower)} to ${whole(upper)})`
}
