import { afterEach, beforeEach, expect, test } from 'vitest'
import { listAt } from '../../sandbox/objects/json.ts'
import { ended, runJob, step } from './support/job.ts'
import { gatewaySplits, routeIs, routeText } from './support/route.ts'
import { secondReplica } from './support/second-replica.ts'

const configuration = secondReplica()

let before: string
beforeEach(async () => {
  await routeIs({ v1: 100, v2: 0 })
  await gatewaySplits({ v1: 100 }, 'second')
  before = await routeText()
})
afterEach(() => configuration().release())

/** What samples alone show; proxies.test.ts has what the proxies show beside them. */
const SAMPLES_ALONE = { subset: 'v2', weight: '60', proxies: 'off' }

test('a shift that both replicas of the gateway apply passes', async () => {
  const { outputs } = await runJob({ subset: 'v2', weight: '60' })
  expect(outputs).toMatchObject({ verdict: 'pass', weights: '{"v1":40,"v2":60}' })
  await gatewaySplits({ v1: 40, v2: 60 }, 'second')
})

test('while one of two replicas has the previous weights, the split is off target, and they are restored', async () => {
  configuration().hold()
  const { status, outputs, text } = await runJob({
    ...SAMPLES_ALONE,
    'propagation-timeout': '2s',
  })
  expect(status).toBe(1)
  expect(outputs).toMatchObject({
    verdict: 'fail',
    reason: 'off-target',
    'rolled-back': 'true',
    'propagation-ms': '',
  })
  // The last attempt may have only a dozen connections, all of them to v1. The message is about all attempts.
  expect(text).toMatch(
    /About .+ of the connections \(\d+% to \d+%\) are still split by the previous weights \(v1 100%, v2 0%\)/,
  )
  expect(text).toContain('Find the gateway replica that is out of sync')
  const interval: Record<string, [number, number]> = JSON.parse(outputs.interval ?? '')
  expect(interval.v2?.[0]).toBeLessThan(30)
  expect(interval.v2?.[1]).toBeGreaterThan(30)
  expect(await routeText()).toBe(before)
})

test('a run waits for a replica that is two seconds late', async () => {
  configuration().hold()
  const running = step(SAMPLES_ALONE)
  const main = running.main()
  await main.line(/Written at/)
  const late = setTimeout(() => configuration().release(), 2000)
  const { outputs, report } = await ended(running, main)
  clearTimeout(late)
  expect(outputs).toMatchObject({ verdict: 'pass', weights: '{"v1":40,"v2":60}' })
  expect(listAt(report, 'checks', 0, 'attempts').length).toBeGreaterThan(1)
})
