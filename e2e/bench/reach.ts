import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { ourRequests, requestsBy } from '../../bench/wire/our-requests.ts'
import { ourExchanges } from '../../bench/wire/ours.ts'
import {
  apiServerOf,
  compareWays,
  portForward,
  serviceProxyDial,
  type Way,
} from '../../kit/bench/reach/ways.ts'
import { startClient } from '../../kit/bench/wire/processes.ts'
import { buildGoPrograms, NO_GO } from '../../kit/bench/wire/tools.ts'
import { WEB_PORTS } from '../../sandbox/tutorial/web.ts'
import { proxyPath } from '../../src/evidence/probe/api-proxy/service-proxy.ts'
import { openApi } from '../objects/api.ts'
import { API_PORT, GATEWAY } from '../processes/addresses.ts'
import { ADMIN_TOKEN, FILES, serverOf } from '../processes/credentials.ts'
import { PROXY_PODS } from '../processes/envoy/proxy-pods.ts'
import { adminKubeconfig } from '../processes/start-mesh.ts'
import { statePath } from '../processes/state.ts'
import { WEB, webIs } from '../suite/support/web.ts'

/**
 * npm run e2e -- bench --reach [--rounds 20]: samples a second through the real API server, by `connect: port-forward`
 * beside `kubectl port-forward`, and by `connect: api-proxy` beside a Go client of the Service proxy. Ends with status 1 if
 * a sample fails.
 */

const HOST = 'web.example.com'
const CONNECTIONS = 300
const { namespace, pod } = PROXY_PODS.first
const SERVICE = { namespace, name: 'reach', port: WEB_PORTS.http }

const { values } = parseArgs({
  options: { reach: { type: 'boolean' }, rounds: { type: 'string', default: '20' } },
})
process.exit(await main(Number(values.rounds)))

async function main(rounds: number): Promise<number> {
  const go = buildGoPrograms()
  if (go === undefined) throw new Error(NO_GO)
  await webIs(WEB, { v1: 80, v2: 20 })
  await createService()
  const api = apiServerOf(readFileSync(adminKubeconfig(), 'utf8'))
  const forward = await portForward(api, { namespace, name: pod }, GATEWAY.port)
  const kubectl = await kubectlForward()
  const proxy = serviceProxyDial(api, SERVICE, HOST)
  const asked = { version: '1.1', authority: HOST, ca: undefined, keeps: false } as const
  const requests: Way['exchange'] = (round) => ourRequests(asked, round)
  const server = new URL(serverOf(API_PORT))
  const client = startClient('Go', [
    ...[go.request, '-keep', '-name', server.hostname, '-host', HOST, '-token', ADMIN_TOKEN],
    ...['-ca', statePath(FILES.authority), '-path', `${proxyPath(SERVICE)}/`],
  ])
  const inGo: Way['exchange'] = async (round) => (await client.round(round)).errors
  const { host } = GATEWAY
  const ways: readonly Way[] = [
    { name: 'connections: direct', to: GATEWAY, exchange: ourExchanges },
    { name: 'connections: port-forward', to: forward, exchange: ourExchanges },
    { name: 'connections: kubectl port-forward', to: kubectl, exchange: ourExchanges },
    { name: 'requests: direct', to: { host, port: WEB_PORTS.http }, exchange: requests },
    {
      name: 'requests: api-proxy, kept connections',
      to: { host: server.hostname, port: API_PORT },
      exchange: (round) => requestsBy(proxy, round),
    },
    {
      name: 'requests: Go client of the Service proxy, kept connections',
      to: { host: server.hostname, port: API_PORT },
      exchange: inGo,
    },
  ]
  const { table, failed } = await compareWays(ways, rounds + 1, CONNECTIONS)
  process.stdout.write(`${table}\n`)
  process.stdout.write(failed === 0 ? 'No sample failed.\n' : `${failed} samples failed.\n`)
  await client.end()
  for (const one of [forward, kubectl]) one.close()
  go.remove()
  return failed === 0 ? 0 : 1
}

/** A Service in front of the gateway's Pod, and what controllers make for it. */
async function createService(): Promise<void> {
  const objects = openApi(API_PORT)
  const metadata = { name: SERVICE.name, namespace }
  const ports = [{ name: 'http', port: SERVICE.port, protocol: 'TCP' }]
  const targetRef = { kind: 'Pod', name: pod, namespace }
  await objects.create({ apiVersion: 'v1', kind: 'Service', metadata, spec: { ports } })
  await objects.call('POST', `/api/v1/namespaces/${namespace}/endpoints`, {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata,
    subsets: [{ addresses: [{ ip: GATEWAY.host, targetRef }], ports }],
  })
  await objects.create({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { ...metadata, labels: { 'kubernetes.io/service-name': SERVICE.name } },
    addressType: 'IPv4',
    endpoints: [{ addresses: [GATEWAY.host], conditions: { ready: true }, targetRef }],
    ports,
  })
}

async function kubectlForward() {
  const to = ['port-forward', '--namespace', namespace, `pod/${pod}`, `:${GATEWAY.port}`]
  const child = spawn('kubectl', ['--kubeconfig', adminKubeconfig(), ...to], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const [, port] = /^Forwarding from 127\.0\.0\.1:(\d+)/.exec(line) ?? []
    if (port === undefined) continue
    // It says so of each connection, and would wait for a reader.
    child.stdout.resume()
    return { host: '127.0.0.1', port: Number(port), close: () => void child.kill() }
  }
  throw new Error('kubectl port-forward has ended')
}
