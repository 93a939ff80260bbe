import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { listAt, objectAt } from '../../sandbox/objects/json.ts'
import { deadVersion } from '../faults/stopped.ts'
import { tutorialObject } from '../objects/tutorial.ts'
import { ended, momentMs, runJob, step } from './support/job.ts'
import { api, gatewaySplits, routeIs, routeText } from './support/route.ts'

beforeEach(() => routeIs())

test('a v2 that does not answer fails the step at once, with a diagnosis, and the previous weights are restored within two seconds of the write', async () => {
  const before = await routeText()
  onTestFinished(await deadVersion('v2'))
  const { status, outputs, text, report } = await runJob({ subset: 'v2', weight: '20' })
  expect(status).toBe(1)
  expect(outputs).toMatchObject({
    verdict: 'fail',
    reason: 'no-reply',
    'rolled-back': 'true',
    weights: '{"v1":100}',
  })
  expect(text).toMatch(/\d+ of \d+ connections got no recognized reply: .*(closed|reset)/)
  expect(text).toMatch(
    /v2 does not answer: it answered 0 of about \d+\. .* Ready Pods: v1 1 of 1, v2 1 of 1/,
  )
  expect(text).toContain('Production now: v1 100%, confirmed')
  const tookMs = (momentMs(report, 'restored') ?? Infinity) - (momentMs(report, 'written') ?? 0)
  expect(tookMs).toBeLessThan(2000)
  expect(await routeText()).toBe(before)
  await gatewaySplits({ v1: 100 })
})

test('a shift away from a v1 that no longer answers passes', async () => {
  await routeIs({ v1: 50, v2: 50 })
  onTestFinished(await deadVersion('v1'))
  const { outputs } = await runJob({ subset: 'v2', weight: '100' })
  expect(outputs).toMatchObject({ verdict: 'pass', weights: '{"v1":0,"v2":100}' })
})

test('with on-failure keep the weights stay, without a journal', async () => {
  onTestFinished(await deadVersion('v2'))
  const { outputs } = await runJob({ subset: 'v2', weight: '20', 'on-failure': 'keep' })
  expect(outputs).toMatchObject({
    verdict: 'fail',
    reason: 'no-reply',
    'rolled-back': 'false',
    weights: '{"v1":80,"v2":20}',
  })
  await gatewaySplits({ v1: 80, v2: 20 })
})

test('the previous weights are restored for a v2 that fails during the run and is no longer ready', async () => {
  await routeIs({ v1: 80, v2: 20 })
  const before = await routeText()
  const running = step({ subset: 'v2', weight: '50', rate: '200' })
  const main = running.main()
  await main.line(/Written at/)
  onTestFinished(await notReady())
  onTestFinished(await deadVersion('v2'))
  const { outputs, text } = await ended(running, main)
  expect(outputs).toMatchObject({
    verdict: 'fail',
    reason: 'no-reply',
    'rolled-back': 'true',
    weights: '{"v1":80,"v2":20}',
  })
  expect(text).toContain('Ready Pods: v1 1 of 1, v2 0 of 1')
  expect(await routeText()).toBe(before)
})

/** Marks the Pod of v2 as not ready, as its kubelet would. */
async function notReady(): Promise<() => Promise<void>> {
  const pod = tutorialObject('Pod', 'tcp-echo-v2-0')
  const before = objectAt(await api.read(pod), 'status')
  const conditions = listAt(before, 'conditions').map((one) =>
    objectAt(one).type === 'Ready' ? { ...objectAt(one), status: 'False' } : one,
  )
  await api.merge(pod, { status: { conditions } }, 'status')
  return async () => {
    await api.merge(pod, { status: before }, 'status')
  }
}
