import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { startKubelet } from '../processes/kubelet.ts'
import { killProcess } from '../processes/process.ts'
import { ended, step } from './support/job.ts'
import { journalsOn, routeIs, routeText } from './support/route.ts'

beforeEach(() => routeIs())

test('a kubelet that ends after the write breaks the tunnels, and the weights are restored', async () => {
  const before = await routeText()
  const inputs = { subset: 'v2', weight: '20', tolerance: '1', rate: '200' }
  const running = step({ ...inputs, connect: 'port-forward' })
  const main = running.main()
  await main.line(/Written at/)
  await killProcess('kubelet')
  onTestFinished(() => startKubelet())
  const { status, outputs } = await ended(running, main)
  expect({ status, ...outputs }).toMatchObject({
    status: 1,
    verdict: 'error',
    reason: 'cluster',
    'rolled-back': 'true',
  })
  expect(await routeText()).toBe(before)
  expect(await journalsOn()).toEqual([])
})
