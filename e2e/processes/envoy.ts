import { writeFileSync } from 'node:fs'
import { ADMIN_PORTS, ISTIOD } from './addresses.ts'
import { bootstrap } from './envoy/bootstrap.ts'
import { type ClientName, PROXY_PODS, type ProxyName, type Replica } from './envoy/proxy-pods.ts'
import { isOk } from './http.ts'
import { startProcess } from './process.ts'
import { statePath } from './state.ts'
import { within } from './within.ts'

/**
 * Starts a replica of the ingress gateway. Two of them listen on the same port at once, and the kernel distributes the
 * connections between both (SO_REUSEPORT), as a load balancer would.
 */
export function startEnvoy(replica: Replica, xdsPort: number = ISTIOD.xds): Promise<void> {
  return startProxy(replica, `router~${nodeOf(replica)}`, {}, xdsPort)
}

/** Starts the sidecar of a client. With `capturesAll` it listens as those of iptables do, else where a Sidecar says. */
export function startSidecar(
  client: ClientName,
  { capturesAll = false, xdsPort = ISTIOD.xds }: { capturesAll?: boolean; xdsPort?: number } = {},
): Promise<void> {
  const mode = capturesAll ? {} : { INTERCEPTION_MODE: 'NONE' }
  return startProxy(client, `sidecar~${nodeOf(client)}`, mode, xdsPort)
}

/** Starts the waypoint. */
export function startWaypoint(xdsPort = ISTIOD.xds): Promise<void> {
  return startProxy('waypoint', `waypoint~${nodeOf('waypoint')}`, {}, xdsPort)
}

function nodeOf(proxy: ProxyName): string {
  const { address, namespace, pod } = PROXY_PODS[proxy]
  return `${address}~${pod}.${namespace}~${namespace}.svc.cluster.local`
}

/** What pilot-agent passes by default. What users do at a waypoint counts only after it. */
const DRAIN_SECONDS = { others: '45', waypoint: '5' }

async function startProxy(
  proxy: ProxyName,
  node: string,
  metadata: Readonly<Record<string, string>>,
  xdsPort: number,
): Promise<void> {
  const { process: name } = PROXY_PODS[proxy]
  const file = statePath(`${name}.json`)
  writeFileSync(file, JSON.stringify(bootstrap(proxy, node, metadata, xdsPort)))
  startProcess(name, [
    ...['envoy', '--config-path', file, '--concurrency', '2', '--log-level', 'warning'],
    // Without hot restart Envoy leaves no shared memory.
    ...['--drain-time-s', DRAIN_SECONDS[proxy === 'waypoint' ? 'waypoint' : 'others']],
    '--disable-hot-restart',
  ])
  await within(30_000, `${name} being ready`, () =>
    isOk(`http://127.0.0.1:${ADMIN_PORTS[proxy]}/ready`),
  )
}
