import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { MESH_RULES, type MeshRule } from '../../kit/run/mesh-rules.ts'
import { numberAt, parseJson } from '../../sandbox/objects/json.ts'
import type { KubeObject } from '../../sandbox/objects/kube-object.ts'
import { clusterNamed } from '../../src/gateways/proxies/cluster-name.ts'
import { proxyRoutes } from '../../src/gateways/proxies/proxy-route.ts'
import { type HeldConnection, relayTo } from '../faults/held-connection.ts'
import { createClientAccount, removeClientAccount } from '../objects/client.ts'
import { tutorialObject } from '../objects/tutorial.ts'
import { waypointObjects } from '../objects/waypoint.ts'
import { ADMIN_PORTS, ISTIOD } from '../processes/addresses.ts'
import { PROXY_PODS } from '../processes/envoy/proxy-pods.ts'
import { startSecretServer } from '../processes/envoy/secret-server.ts'
import { startEnvoy, startWaypoint } from '../processes/envoy.ts'
import { textFrom } from '../processes/http.ts'
import { AMBIENT, CLUSTER, startIstiod } from '../processes/istiod.ts'
import { killProcess } from '../processes/process.ts'
import { adminKubeconfig } from '../processes/start-mesh.ts'
import { within } from '../processes/within.ts'
import { startUsers } from '../users/generators.ts'
import { tunnelTo } from '../users/tunnel.ts'
import { type Ended, runJob, writesIn } from './support/job.ts'
import { lend } from './support/mesh-clients.ts'
import { api, objectText } from './support/route.ts'

const RELAY_PORT = 15095
const WEB = '10.96.0.20:80'
const HOST = 'web.demo.svc.cluster.local'
const BEFORE = { v1: 80, v2: 20 }
const RULES = {
  'a VirtualService with gateways [mesh]': MESH_RULES['a VirtualService with gateways [mesh]'],
  'an HTTPRoute of a Service': MESH_RULES['an HTTPRoute of a Service'],
} as const
const ADMIN = `http://127.0.0.1:${ADMIN_PORTS.waypoint}`

let configuration: HeldConnection | undefined
let secrets: { stop(): Promise<void> } | undefined

async function restartIstiod(more: Record<string, string>): Promise<void> {
  await killProcess('istiod')
  await startIstiod(adminKubeconfig(), CLUSTER, more)
}

/** Lets the waypoint serve Service web, or none. */
function waypointOfWeb(name: string | null): Promise<KubeObject> {
  const labels = { 'istio.io/use-waypoint': name }
  return api.merge(tutorialObject('Service', 'web'), { metadata: { labels } })
}

/** Lets the waypoint serve all Services of the namespace, or only those that say so. */
function waypointOfNamespace(name: string | null): Promise<KubeObject> {
  const labels = { 'istio.io/use-waypoint': name }
  return api.merge(tutorialObject('Namespace', 'demo'), { metadata: { labels } })
}

beforeAll(async () => {
  await restartIstiod(AMBIENT)
  await createClientAccount(api)
  for (const object of waypointObjects()) await api.create(object)
  await waypointOfWeb('waypoint')
  configuration = await relayTo(ISTIOD.xds, RELAY_PORT)
  secrets = await startSecretServer()
  await startWaypoint(RELAY_PORT)
})
afterAll(async () => {
  await killProcess(PROXY_PODS.waypoint.process)
  await configuration?.stop()
  await secrets?.stop()
  await waypointOfWeb(null)
  for (const object of waypointObjects().toReversed()) await api.remove(object)
  await removeClientAccount(api)
  await restartIstiod({})
  // In ambient mode istiod gives gateways clusters that wait for certificates of the mesh, which nothing serves here. An
  // Envoy takes no further clusters until they come.
  await killProcess(PROXY_PODS.first.process)
  await startEnvoy('first')
})

/** The listeners of the waypoint as its admin endpoint shows them. */
async function listeners(): Promise<string> {
  return textFrom(`${ADMIN}/config_dump?resource=dynamic_listeners`)
}

/** The weights of the route to Service web at port 80: by the subset of each cluster, or its Service where it has none. */
async function served(): Promise<Record<string, number>> {
  const route = proxyRoutes(parseJson(await listeners()), { configs: [] }).find(
    ({ protocol, ports, hosts }) =>
      protocol === 'http' && ports.includes(80) && hosts.includes(HOST),
  )
  const weights = (route?.clusters ?? []).map(({ name, weight }) => {
    const { subset = '', host = '' } = clusterNamed(name) ?? {}
    return [subset || (host.split('.')[0] ?? ''), weight] as const
  })
  return Object.fromEntries(weights)
}

/** Creates the object of a rule until the test ends, and resolves when the waypoint has it. */
async function lendServed(rule: MeshRule): Promise<void> {
  await lend(rule.object(BEFORE))
  await within(20_000, 'the waypoint to have the rule', async () => {
    const weights = await served()
    return weights[rule.destination('v1')] === 80 && weights[rule.destination('v2')] === 20
  })
}

/** Writes down what the waypoint has, if that is asked for. */
async function record(name: string): Promise<void> {
  const folder = process.env.RECORD_DUMPS
  if (folder) writeFileSync(join(folder, `waypoint-${name}-listeners.json`), await listeners())
}

async function users(): Promise<void> {
  const tunnel = await tunnelTo(WEB)
  onTestFinished(() => tunnel.stop())
  const target = { url: `http://${tunnel.host}:${tunnel.port}/`, host: HOST }
  const generator = await startUsers('fortio', target)
  onTestFinished(() => generator.stop())
}

function shift(rule: MeshRule, inputs: Record<string, string | undefined> = {}): Promise<Ended> {
  const subset = rule.destination('v2')
  const limits = { tolerance: '10', 'propagation-timeout': '5s' }
  return runJob({
    ...rule.inputs,
    'client-pods': undefined,
    ...limits,
    subset,
    weight: '60',
    ...inputs,
  })
}

describe('a waypoint', () => {
  test.each(Object.entries(RULES))(
    'has %s in its listener, and what users do through it confirms a shift',
    async (_, rule) => {
      await lendServed(rule)
      await record(rule.object(BEFORE).kind.toLowerCase())
      await users()
      const run = await shift(rule)
      expect(run.outputs, run.text).toMatchObject({ verdict: 'pass' })
      expect(parseJson(run.outputs.proxies ?? '')).toEqual({ confirmed: 1, total: 1 })
      expect(run.text).toContain('the Pods of waypoint demo/waypoint')
      expect(numberAt(run.report, 'checks', 0, 'samples')).toBeGreaterThan(100)
      expect(await served()).toEqual({ [rule.destination('v1')]: 40, [rule.destination('v2')]: 60 })
    },
  )

  const rule = RULES['an HTTPRoute of a Service']
  test('of a whole namespace has an HTTPRoute under other names, which are known too', async () => {
    await waypointOfNamespace('waypoint')
    onTestFinished(() => waypointOfNamespace(null).then(() => undefined))
    await lendServed(rule)
    await within(20_000, 'the waypoint to serve the versions too', async () =>
      (await listeners()).includes('"inbound-vip|80|http|web-v1.demo.svc.cluster.local"'),
    )
    await record('namespace')
    await users()
    const run = await shift(rule, { mode: 'verify', weight: '20' })
    expect(run.outputs, run.text).toMatchObject({ verdict: 'pass' })
    expect(parseJson(run.outputs.proxies ?? '')).toEqual({ confirmed: 1, total: 1 })
  })

  test('refutes weights that it does not have', async () => {
    await lendServed(rule)
    await users()
    const run = await shift(rule, { mode: 'verify', weight: '45' })
    expect(run.outputs, run.text).toMatchObject({ verdict: 'fail', reason: 'off-target' })
    expect(writesIn(run.report)).toEqual([])
  })

  test('without a connection to istiod is named, and the previous weights are restored', async () => {
    await lendServed(rule)
    await users()
    const before = objectText(await api.read(rule.object(BEFORE)))
    configuration?.hold()
    onTestFinished(() => configuration?.release())
    const run = await shift(rule)
    expect(run.outputs, run.text).toMatchObject({
      ...{ verdict: 'fail', reason: 'not-propagated', 'rolled-back': 'true' },
    })
    expect(run.text).toContain(`demo/${PROXY_PODS.waypoint.pod} still has`)
    expect(objectText(await api.read(rule.object(BEFORE)))).toBe(before)
  })
})
