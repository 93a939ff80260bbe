import { afterEach, describe, expect, test, vi } from 'vitest'
import { hasJournal, weightsOn } from '../../../kit/run/object.ts'
import { runHttp, runOn, SURE } from '../../../kit/run/run.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.ts'
import { outputsOf } from '../../../src/report/outputs.ts'

let running: Sandbox | undefined

/** Two gateway replicas whose admin endpoints can be read. */
async function mesh(options: SandboxOptions = {}): Promise<Sandbox> {
  running = await startSandbox({ proxies: true, replicas: 2, ...options })
  return running
}

afterEach(async () => {
  await running?.stop()
  running = undefined
})

const PODS = ['istio-system/istio-ingressgateway-0', 'istio-system/istio-ingressgateway-1']

describe('a shift whose proxies can be read', () => {
  test('is confirmed by every proxy, and then by one attempt with nearly all of the error', async () => {
    const sandbox = await mesh({ weights: { v1: 100, v2: 0 } })
    const { outcome, files } = await runOn(sandbox, {
      ...{ subset: 'v2', weight: '20', tolerance: '8', confidence: SURE },
    })
    expect(outcome).toMatchObject({ verdict: 'pass', reason: 'within-tolerance' })
    const [check] = outcome.checks
    expect(check?.proxies).toMatchObject({ status: 'confirmed' })
    expect(check?.proxies?.proxies.map(({ pod, state }) => [pod, state])).toEqual(
      PODS.map((pod) => [pod, 'confirmed']),
    )
    expect(check?.attempts).toMatchObject([{ place: 'only', part: 'confirmed', decision: 'pass' }])
    const slowest = check?.proxies?.proxies.map(({ propagationMs = 0 }) => propagationMs) ?? []
    const outputs = outputsOf(outcome, files)
    expect(outputs['propagation-ms']).toBe(String(Math.max(...slowest)))
    expect(JSON.parse(outputs.proxies)).toEqual({ confirmed: 2, total: 2 })
    expect(hasJournal(sandbox)).toBe(false)
  })

  test('names a stale replica and restores, although the samples that are seen fit the new weights', async () => {
    const sandbox = await mesh({ weights: { v1: 85, v2: 15 } })
    await sandbox.faults.gateway({ kind: 'first-replica', othersAfterMs: 'never' })
    const { outcome, log } = await runOn(sandbox, {
      ...{ subset: 'v2', weight: '5', 'propagation-timeout': '300ms' },
    })
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'not-propagated', rolledBack: true })
    expect(outcome.code).toBe('ITS-PROXY-STALE')
    expect(outcome.message).toContain(`${PODS[1]} still has v1 85%, v2 15%.`)
    expect(log).toContain(PODS[1])
    expect(weightsOn(sandbox)).toEqual({ v1: 85, v2: 15 })
    expect(hasJournal(sandbox)).toBe(false)
  })

  test('of an http rule with stamps waits for proxies that have the stamps of its write', async () => {
    const sandbox = await mesh({ web: true })
    const given = { subset: 'v2', weight: '20', tolerance: '10', expect: 'stamp' }
    const { outcome } = await runHttp(sandbox, given)
    expect(outcome.verdict).toBe('pass')
    expect(outcome.checks[0]?.proxies).toMatchObject({ status: 'confirmed' })
    expect(outcome.checks[0]?.attempts).toMatchObject([{ part: 'confirmed', previous: 0 }])
  })

  test('waits for every proxy in each step of a ramp', async () => {
    const sandbox = await mesh({ weights: { v1: 100, v2: 0 } })
    const { outcome } = await runOn(sandbox, {
      ...{ subset: 'v2', weight: '60', steps: '30', tolerance: '15' },
    })
    expect(outcome.verdict).toBe('pass')
    expect(outcome.checks.map(({ proxies }) => proxies?.status)).toEqual(['confirmed', 'confirmed'])
  })

  test('does not count a pass during which a Pod came, and passes by guarded attempts', async () => {
    const sandbox = await mesh({ weights: { v1: 100, v2: 0 } })
    const { outcome } = await runOn(
      sandbox,
      { subset: 'v2', weight: '20', tolerance: '10' },
      { onLine: (text) => (text.includes('Both proxies have') ? sandbox.pods.add() : undefined) },
    )
    expect(outcome.verdict).toBe('pass')
    const [check] = outcome.checks
    expect(check?.proxies).toMatchObject({ status: 'guarded' })
    expect(check?.proxies?.why).toBe('Pods came or went while samples were taken.')
    expect(check?.attempts.map(({ part }) => part)).toEqual(['confirmed', 'reserve'])
  })

  test('names a proxy that restarted while samples were taken, and passes by guarded attempts', async () => {
    const sandbox = await mesh({ weights: { v1: 100, v2: 0 } })
    const restart = async (line: string) => {
      if (!line.includes('Both proxies have v1 80%')) return
      const before = sandbox.connections.accepted
      await vi.waitUntil(() => sandbox.connections.accepted > before + 100, { interval: 1 })
      await sandbox.pods.restart('istio-ingressgateway-1')
    }
    const given = { subset: 'v2', weight: '20', tolerance: '6', confidence: SURE }
    const { outcome } = await runOn(sandbox, given, { onLine: restart })
    const [check] = outcome.checks
    expect(check?.proxies?.why).toBe(
      `${PODS[1]} restarted while samples were taken, and counts from 0 since.`,
    )
    expect(check?.proxies?.proxies.map(({ restarted }) => restarted)).toEqual([undefined, true])
    expect(check?.attempts.map(({ part }) => part).slice(0, 2)).toEqual(['confirmed', 'reserve'])
    expect(outcome.verdict).toBe('pass')
  })

  test('blames no other gateway where the tunnels broke and the counters could not be read', async () => {
    const sandbox = await mesh({ weights: { v1: 100, v2: 0 } })
    const { outcome } = await runOn(
      sandbox,
      { subset: 'v2', weight: '20', tolerance: '10' },
      {
        onLine: (text) =>
          text.includes('Both proxies have') ? sandbox.tunnels.break() : undefined,
      },
    )
    expect(outcome.verdict).toBe('pass')
    const [check] = outcome.checks
    expect(check?.proxies?.why).toBe('The counters of a proxy could not be read.')
    expect(check?.attempts.map(({ part }) => part)).toEqual(['confirmed', 'reserve'])
  })
})

describe('verify', () => {
  test('begins when every proxy is seen to have the weights of the object', async () => {
    const sandbox = await mesh({ weights: { v1: 80, v2: 20 } })
    const { outcome } = await runOn(sandbox, {
      ...{ mode: 'verify', weights: 'current', tolerance: '10' },
    })
    expect(outcome.verdict).toBe('pass')
    expect(outcome.checks[0]?.proxies).toMatchObject({ status: 'confirmed' })
    expect(outcome.checks[0]?.attempts).toMatchObject([{ place: 'only', part: 'confirmed' }])
  })
})

describe('verify of other weights than those of the object', () => {
  test('says which weights the proxies have', async () => {
    const sandbox = await mesh({ weights: { v1: 80, v2: 20 } })
    const { outcome, log } = await runOn(sandbox, {
      ...{ mode: 'verify', subset: 'v2', weight: '50' },
    })
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'off-target' })
    expect(log).toContain('Both proxies have v1 80%, v2 20%.')
    expect(log).not.toContain('Both proxies have v1 50%, v2 50%.')
  })
})

describe('proxies that cannot be read', () => {
  test('leave a run as it is without them, and the log says why', async () => {
    const sandbox = await mesh({ proxies: false })
    const { outcome, log } = await runOn(sandbox, { subset: 'v2', weight: '20', tolerance: '10' })
    expect(outcome.verdict).toBe('pass')
    expect(outcome.checks[0]?.proxies).toMatchObject({ status: 'guarded' })
    expect(outcome.checks[0]?.attempts).not.toMatchObject([{ part: 'confirmed' }])
    expect(log).toContain('cannot be read')
  })

  test('are an error before the write with proxies: require', async () => {
    const sandbox = await mesh({ proxies: false, weights: { v1: 100, v2: 0 } })
    const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '20', proxies: 'require' })
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight', wrote: false })
    expect(outcome.code).toBe('ITS-PROXIES-NOT-READ')
    expect(outcome.message).toContain(PODS[0])
    expect(weightsOn(sandbox)).toEqual({ v1: 100, v2: 0 })
  })

  test('are not looked for with proxies: off', async () => {
    const sandbox = await mesh()
    const given = { subset: 'v2', weight: '20', tolerance: '10', proxies: 'off' }
    const { outcome } = await runOn(sandbox, given)
    expect(outcome.verdict).toBe('pass')
    expect(outcome.checks[0]?.proxies).toBeUndefined()
    expect(sandbox.calls.filter(({ path }) => path.includes('portforward'))).toEqual([])
  })
})

describe('what goes wrong with proxies on the way', () => {
  test('tunnels that break while a proxy is waited for are opened again', async () => {
    const sandbox = await mesh({ weights: { v1: 100, v2: 0 } })
    await sandbox.faults.gateway({ kind: 'first-replica', othersAfterMs: 700 })
    const { outcome } = await runOn(
      sandbox,
      { subset: 'v2', weight: '20', tolerance: '10' },
      { onLine: (text) => (text.startsWith('Written at') ? sandbox.tunnels.break() : undefined) },
    )
    expect(outcome.verdict).toBe('pass')
    expect(outcome.checks[0]?.proxies).toMatchObject({ status: 'confirmed' })
    expect(outcome.checks[0]?.proxies?.proxies[1]?.propagationMs).toBeGreaterThan(600)
  })

  test('an admin endpoint that never answers does not keep a run from its write, and none is left open', async () => {
    const sandbox = await mesh({ weights: { v1: 100, v2: 0 } })
    await sandbox.faults.admin({ kind: 'hangs', pod: 'istio-ingressgateway-1' })
    const { outcome } = await runOn(sandbox, { subset: 'v2', weight: '20', tolerance: '10' })
    expect(outcome.verdict).toBe('pass')
    const why =
      'The admin endpoint of istio-system/istio-ingressgateway-1 did not answer within 2 s.'
    expect(outcome.checks[0]?.proxies).toMatchObject({ status: 'guarded', why })
    await expect.poll(() => sandbox.tunnels.open()).toBe(0)
  })
})
