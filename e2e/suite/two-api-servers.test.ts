import { readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Api, openApi } from '../objects/api.ts'
import { installCrds, istioObjects, virtualService } from '../objects/tutorial.ts'
import { partsIn } from '../parts/build.ts'
import { API_PORT, CONFIG_API_PORT } from '../processes/addresses.ts'
import { startApiServer } from '../processes/api-server.ts'
import { ADMIN_TOKEN, kubeconfigFor, serverOf } from '../processes/credentials.ts'
import { CLUSTER, startIstiod } from '../processes/istiod.ts'
import { killProcess } from '../processes/process.ts'
import { adminKubeconfig } from '../processes/start-mesh.ts'
import { statePath } from '../processes/state.ts'
import { runJob, step, warnings } from './support/job.ts'
import { api, gatewaySplits, routeIs, routeText, weightsOn } from './support/route.ts'

/**
 * As with Alibaba Cloud ASM and Istio's external control plane, Istio's objects are in one API server, and Services,
 * Pods and EndpointSlices in the other. The other one also has a VirtualService of the same name, which istiod ignores.
 */

const configKubeconfig = () => statePath('config-kubeconfig')
let config: Api

beforeAll(async () => {
  await routeIs()
  await startApiServer('config-apiserver', CONFIG_API_PORT)
  config = openApi(CONFIG_API_PORT)
  writeFileSync(configKubeconfig(), kubeconfigFor(CONFIG_API_PORT, ADMIN_TOKEN), { mode: 0o600 })
  await installCrds(config, partsIn().crds.istio)
  for (const name of ['istio-system', 'demo'])
    await config.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  await config.create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'istio-remote-secret-workloads',
      namespace: 'istio-system',
      labels: { 'istio/multiCluster': 'true' },
    },
    stringData: { [CLUSTER]: readFileSync(adminKubeconfig(), 'utf8') },
  })
  for (const { object, manager } of istioObjects()) await config.create(object, manager)
  await killProcess('istiod')
  await startIstiod(configKubeconfig(), 'config')
})
afterAll(async () => {
  await killProcess('istiod')
  await startIstiod(adminKubeconfig())
  await killProcess('config-apiserver')
})

beforeEach(async () => {
  await config.replace(virtualService({ v1: 90, v2: 10 }))
  await gatewaySplits({ v1: 90, v2: 10 })
})

test("the tutorial's job passes with a kubeconfig for each, and the workloads' API server is not written to", async () => {
  const before = await routeText()
  const { status, outputs, text, report } = await runJob({
    kubeconfig: configKubeconfig(),
    'gateway-kubeconfig': adminKubeconfig(),
    subset: 'v2',
    weight: '30',
  })
  expect(status).toBe(0)
  expect(outputs).toMatchObject({ verdict: 'pass', weights: '{"v1":70,"v2":30}' })
  expect(text).toContain(`VirtualService demo/tcp-echo on ${serverOf(CONFIG_API_PORT)}`)
  expect(text).toContain(`Services and Pods on ${serverOf(API_PORT)}`)
  expect(warnings(report)).toEqual([])
  expect(await weightsOn(config)).toEqual({ v1: 70, v2: 30 })
  expect(await routeText()).toBe(before)
  await gatewaySplits({ v1: 70, v2: 30 })
})

test('a killed run is rolled back by post with both kubeconfigs', async () => {
  const before = await routeText(config)
  const killed = step({
    kubeconfig: configKubeconfig(),
    'gateway-kubeconfig': adminKubeconfig(),
    subset: 'v2',
    weight: '30',
    rate: '5',
  })
  const main = killed.main()
  await main.line(/Written at/)
  main.process.kill('SIGKILL')
  await main.ended
  expect(await killed.post().ended).toMatchObject({ status: 0 })
  expect(await routeText(config)).toBe(before)
})

test('with only the kubeconfig of the Istio objects the gateway is not found, and the error names gateway-kubeconfig', async () => {
  const before = await routeText(config)
  const { status, outputs, text } = await runJob({
    kubeconfig: configKubeconfig(),
    subset: 'v2',
    weight: '30',
  })
  expect(status).toBe(1)
  expect(outputs).toMatchObject({ verdict: 'error', reason: 'preflight' })
  expect(text).toContain('set gateway-kubeconfig')
  expect(await routeText(config)).toBe(before)
})

test('a write to the API server that istiod does not read is not-propagated, and the previous weights are restored', async () => {
  const before = await routeText(api)
  const { outputs } = await runJob({
    kubeconfig: adminKubeconfig(),
    subset: 'v2',
    weight: '100',
    'propagation-timeout': '1s',
  })
  expect(outputs).toMatchObject({ verdict: 'fail', 'rolled-back': 'true' })
  expect(await routeText(api)).toBe(before)
})
