import { expect, test } from 'vitest'
import { sharingReads } from '../../src/kube/shared-reads.ts'
import { apiOf, NEVER, sandboxWith } from './support/cluster.ts'

const SERVICES = '/api/v1/namespaces/istio-system/services'
const PODS = '/api/v1/namespaces/istio-system/pods'

test('a path that several searches read is asked for once, and Pods each time', async () => {
  const sandbox = await sandboxWith()
  const api = sharingReads(apiOf(sandbox.kubeconfig))
  const [one, other] = await Promise.all([api.get(SERVICES, NEVER), api.get(SERVICES, NEVER)])
  expect(one).toBe(other)
  await api.get(PODS, NEVER)
  await api.get(PODS, NEVER)
  expect(sandbox.calls.map(({ path }) => path)).toEqual([SERVICES, PODS, PODS])
})

test('a read that its first caller gave up is made again for the others', async () => {
  const sandbox = await sandboxWith()
  const api = sharingReads(apiOf(sandbox.kubeconfig))
  const first = api.get(SERVICES, AbortSignal.abort())
  const second = api.get(SERVICES, NEVER)
  await expect(first).rejects.toThrow()
  expect(await second).toHaveProperty('kind', 'ServiceList')
})
