import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { listAt } from '../../sandbox/objects/json.ts'
import { deadIstiod, frozenIstiod } from '../faults/stopped.ts'
import { ended, runJob, step } from './support/job.ts'
import { gatewaySplits, journalsOn, routeIs, routeText } from './support/route.ts'

/** What samples alone show; proxies.test.ts has what the proxies show beside them. */
const SAMPLES_ALONE = { subset: 'v2', weight: '60', proxies: 'off' }

beforeEach(() => routeIs({ v1: 80, v2: 20 }))

describe('while istiod is stopped', () => {
  test.each([
    ['is frozen', frozenIstiod],
    ['is dead', deadIstiod],
  ])(
    'because it %s, a shift is not-propagated, and the previous weights are restored',
    async (_, fault) => {
      const before = await routeText()
      onTestFinished(await fault())
      const { status, outputs, text } = await runJob({
        ...SAMPLES_ALONE,
        'propagation-timeout': '2s',
      })
      expect(status).toBe(1)
      expect(outputs).toMatchObject({
        verdict: 'fail',
        reason: 'not-propagated',
        'rolled-back': 'true',
        'propagation-ms': '',
      })
      expect(text).toContain('The gateway still splits by the previous weights')
      expect(text).toMatch(/istioctl --kubeconfig '[^']+' --context 'mesh' proxy-status/)
      expect(await routeText()).toBe(before)
      expect(await journalsOn()).toEqual([])
    },
  )
})

describe('when istiod continues five seconds after the write', () => {
  test.each([
    ['frozen', frozenIstiod],
    ['dead', deadIstiod],
  ])('after it was %s, a shift passes, and reports how long the gateway took', async (_, fault) => {
    const heal = await fault()
    const running = step(SAMPLES_ALONE)
    const main = running.main()
    await main.line(/Written at/)
    const back = after(5000, heal)
    onTestFinished(() => back)
    const { outputs, report } = await ended(running, main)
    expect(outputs).toMatchObject({ verdict: 'pass', weights: '{"v1":40,"v2":60}' })
    expect(Number(outputs['propagation-ms'])).toBeGreaterThan(4500)
    expect(Number(outputs['propagation-ms'])).toBeLessThan(12_000)
    expect(listAt(report, 'checks', 0, 'attempts').length).toBeGreaterThan(1)
    await gatewaySplits({ v1: 40, v2: 60 })
  })
})

/** The duration of the fault. Nothing is awaited. */
async function after(ms: number, heal: () => Promise<void>): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms))
  await heal()
}
