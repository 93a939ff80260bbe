import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { listAt, parseJson } from '../../sandbox/objects/json.ts'
import type { KubeObject } from '../../sandbox/objects/kube-object.ts'
import { refused } from '../objects/envoy-filters.ts'
import { createSecondGateway, removeSecondGateway } from '../objects/gateway-replica.ts'
import { PROXY_PODS } from '../processes/envoy/proxy-pods.ts'
import { type Ended, ended, momentMs, runJob, step, writesIn } from './support/job.ts'
import { api, gatewaySplits, routeIs, routeText } from './support/route.ts'
import { secondReplica } from './support/second-replica.ts'
import { STAMPED, WEB, webIs, webSplits, webText } from './support/web.ts'

const configuration = secondReplica()
const SECOND = PROXY_PODS.second.pod
/** How long after the end of the window a proxy that is behind must be named. */
const NAMED_MS = 2000

let before: string
beforeEach(async () => {
  await routeIs({ v1: 100, v2: 0 })
  await gatewaySplits({ v1: 100 }, 'second')
  before = await routeText()
})
afterEach(() => configuration().release())

/** Creates an object until the test ends. */
async function lend(object: KubeObject): Promise<void> {
  await api.create(object)
  onTestFinished(() => api.remove(object))
}

function proxies({ outputs }: Ended): unknown {
  return parseJson(outputs.proxies || 'null')
}

/** The time from the answer of the write to the verdict of the check. */
function untilNamedMs({ report }: Ended): number {
  return (momentMs(report, 'check-ended') ?? Number.NaN) - (momentMs(report, 'written') ?? 0)
}

function expectNamed(run: Ended): void {
  expect(run.status).toBe(1)
  expect(run.outputs).toMatchObject({
    verdict: 'fail',
    reason: 'not-propagated',
    'rolled-back': 'true',
  })
  expect(run.text).toContain(SECOND)
  expect(run.text).not.toContain(`${PROXY_PODS.first.pod} does not`)
  expect(proxies(run)).toEqual({ confirmed: 1, total: 2 })
}

describe('with both replicas of the gateway', () => {
  test('a shift passes in one attempt once both have the new weights', async () => {
    const run = await runJob({ subset: 'v2', weight: '60', proxies: 'require' })
    expect(run.outputs).toMatchObject({ verdict: 'pass', weights: '{"v1":40,"v2":60}' })
    expect(proxies(run)).toEqual({ confirmed: 2, total: 2 })
    expect(listAt(run.report, 'checks', 0, 'attempts')).toHaveLength(1)
    expect(Number(run.outputs['propagation-ms'])).toBeGreaterThan(0)
  })

  test('a shift of an http rule with stamps passes on connections that are kept', async () => {
    await webIs(STAMPED, { v1: 100, v2: 0 })
    await webSplits(STAMPED, { v1: 100 }, 'second')
    const run = await runJob({
      ...STAMPED.inputs,
      subset: STAMPED.destination('v2'),
      weight: '60',
      proxies: 'require',
    })
    expect(run.outputs).toMatchObject({ verdict: 'pass' })
    expect(proxies(run)).toEqual({ confirmed: 2, total: 2 })
  })

  test('weights on the object are verified at both without a write', async () => {
    const run = await runJob({ mode: 'verify', weights: 'current', proxies: 'require' })
    expect(run.outputs).toMatchObject({ verdict: 'pass' })
    expect(proxies(run)).toEqual({ confirmed: 2, total: 2 })
    expect(writesIn(run.report)).toEqual([])
  })
})

describe('a replica that does not take the new weights', () => {
  test('is named within 2 s of the end of the window where it has no connection to istiod', async () => {
    configuration().hold()
    const run = await runJob({
      subset: 'v2',
      weight: '60',
      'propagation-timeout': '2s',
    })
    expectNamed(run)
    expect(untilNamedMs(run)).toBeLessThan(2000 + NAMED_MS)
    expect(await routeText()).toBe(before)
  })

  test('is named with the words of Envoy where it refuses the listener', async () => {
    await lend(refused(SECOND, 'listeners'))
    const run = await runJob({ subset: 'v2', weight: '60', 'propagation-timeout': '2s' })
    expectNamed(run)
    expect(run.text).toContain('Setting socket options failed')
    expect(await routeText()).toBe(before)
  })

  test('is named where it refuses the table of routes, which Envoy shows nowhere', async () => {
    await webIs(WEB, { v1: 100, v2: 0 })
    await webSplits(WEB, { v1: 100 }, 'second')
    const text = await webText(WEB)
    await lend(refused(SECOND, 'routes'))
    const run = await runJob({
      ...WEB.inputs,
      subset: WEB.destination('v2'),
      weight: '60',
      'propagation-timeout': '2s',
    })
    expectNamed(run)
    expect(await webText(WEB)).toBe(text)
  })

  test('is waited for within the window', async () => {
    configuration().hold()
    const running = step({ subset: 'v2', weight: '60' })
    const main = running.main()
    await main.line(/Written at/)
    const late = setTimeout(() => configuration().release(), 2000)
    const run = await ended(running, main)
    clearTimeout(late)
    expect(run.outputs).toMatchObject({ verdict: 'pass', weights: '{"v1":40,"v2":60}' })
    expect(Number(run.outputs['propagation-ms'])).toBeGreaterThan(1900)
    expect(listAt(run.report, 'checks', 0, 'attempts')).toHaveLength(1)
  })
})

describe('a replica that comes or goes', () => {
  test('during a run is followed, and the run passes', async () => {
    await removeSecondGateway(api)
    const running = step({ subset: 'v2', weight: '60', tolerance: '2' })
    const main = running.main()
    await main.line(/Written at/)
    await createSecondGateway(api)
    const run = await ended(running, main)
    expect(run.outputs).toMatchObject({ verdict: 'pass', weights: '{"v1":40,"v2":60}' })
  })

  test('before the weights of the object are verified is among those that are read', async () => {
    await removeSecondGateway(api)
    const one = await runJob({ mode: 'verify', weights: 'current', proxies: 'require' })
    expect(proxies(one)).toEqual({ confirmed: 1, total: 1 })
    await createSecondGateway(api)
    const two = await runJob({ mode: 'verify', weights: 'current', proxies: 'require' })
    expect(proxies(two)).toEqual({ confirmed: 2, total: 2 })
  })
})
