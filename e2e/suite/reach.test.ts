import { beforeEach, expect, test } from 'vitest'
import { accountWith } from '../objects/service-account.ts'
import { API_PORT } from '../processes/addresses.ts'
import { runJob } from './support/job.ts'
import { api, routeIs } from './support/route.ts'
import { WEB, webIs } from './support/web.ts'

beforeEach(() => routeIs({ v1: 100, v2: 0 }))

test('a shift through port-forwards to the Pods of the gateway passes', async () => {
  const { outputs } = await runJob({ subset: 'v2', weight: '60', connect: 'port-forward' })
  expect(outputs).toMatchObject({ verdict: 'pass', weights: '{"v1":40,"v2":60}' })
})

test('a shift of an http rule through port-forwards keeps the name of the host', async () => {
  await webIs(WEB, { v1: 100, v2: 0 })
  const { outputs } = await runJob({
    ...WEB.inputs,
    subset: WEB.destination('v2'),
    weight: '60',
    connect: 'port-forward',
  })
  expect(outputs).toMatchObject({ verdict: 'pass' })
})

test('without the right to port-forward, nothing is written and the missing rule is shown', async () => {
  const rules = [
    { apiGroups: ['networking.istio.io'], resources: ['*'], verbs: ['get', 'list', 'patch'] },
    {
      apiGroups: ['', 'discovery.k8s.io'],
      resources: ['pods', 'services', 'endpointslices', 'nodes', 'namespaces'],
      verbs: ['get', 'list'],
    },
  ]
  const kubeconfig = await accountWith(api, API_PORT, 'no-forwards', [
    { namespace: undefined, rules },
  ])
  const { outputs, text } = await runJob({
    kubeconfig,
    subset: 'v2',
    weight: '60',
    connect: 'port-forward',
  })
  expect(outputs).toMatchObject({ verdict: 'error' })
  expect(text).toContain('pods/portforward')
  expect(text).toContain('Nothing was written')
})
