import { expect, test } from 'vitest'
import { runOn, WEB } from '../../../kit/run/run.ts'
import { respond } from '../../../sandbox/faults/api-acts.ts'
import { balance, COUNTERS, held, hideReplica, mesh } from './support/mesh.ts'

test('a shift is confirmed by what the proxies count, without an expectation', async () => {
  const sandbox = await mesh()
  const { outcome, log } = await runOn(sandbox, { ...COUNTERS, weight: '50' })
  expect(outcome).toMatchObject({ verdict: 'pass', weights: { v1: 50, v2: 50 } })
  expect(outcome.checks.at(-1)?.proxies?.status).toBe('confirmed')
  expect(log).toContain('those of users included')
  expect(log).toMatch(/The proxies counted, with those of users: \d+ to v1, \d+ to v2\./)
  expect(outcome.drain).toMatchObject({ retired: [], proxies: { read: 2, total: 2 } })
})

test('requests to an http rule are counted', async () => {
  const sandbox = await mesh({ weights: {}, web: { http: { v1: 80, v2: 20 } } })
  const { outcome } = await runOn(sandbox, { ...WEB, ...COUNTERS, weight: '100' })
  expect(outcome).toMatchObject({ verdict: 'pass', weights: { v1: 0, v2: 100 } })
  expect(outcome.checks.at(-1)?.unit).toBe('request')
})

test('a split that is not that of the weights is rolled back, and the proxies show the restored weights', async () => {
  const sandbox = await mesh()
  await sandbox.faults.gateway({ kind: 'shares', shares: { v1: 0.8, v2: 0.2 } })
  const { outcome } = await runOn(sandbox, { ...COUNTERS, weight: '50' })
  expect(outcome).toMatchObject({ verdict: 'fail', reason: 'off-target', rolledBack: true })
  expect(outcome.message).toContain(
    'The previous weights are restored (v1 80%, v2 20%), and every proxy of the rule has them.',
  )
})

test('a run is refused before the write where a proxy cannot be read', async () => {
  const sandbox = await mesh({ proxies: false })
  const { outcome } = await runOn(sandbox, { ...COUNTERS, weight: '50' })
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'preflight', wrote: false })
  expect(outcome.code).toBe('ITS-COUNTERS-NOT-READ')
  expect(outcome.message).toContain('istio-system/istio-ingressgateway-0')
})

test('a run waits until the old version has nothing in progress', async () => {
  const sandbox = await mesh()
  const open = await held(sandbox, 20)
  const onLine = (text: string) => {
    if (text.includes('Journal removed')) for (const socket of open) socket.destroy()
  }
  const inputs = { ...COUNTERS, weight: '100', 'drain-timeout': '20s' }
  const { outcome } = await runOn(sandbox, inputs, { onLine })
  expect(outcome.verdict).toBe('pass')
  expect(outcome.drain).toMatchObject({ retired: [0], ended: 'drained' })
  expect(outcome.drain?.inProgress[0]).toBe(0)
})

test('a run passes with a warning where the old version still has connections after drain-timeout', async () => {
  const sandbox = await mesh()
  await held(sandbox, 20)
  const inputs = { ...COUNTERS, weight: '100', 'drain-timeout': '1s' }
  const { outcome, log } = await runOn(sandbox, inputs)
  expect(outcome.verdict).toBe('pass')
  expect(outcome.drain?.ended).toBe('in-progress')
  expect(outcome.drain?.inProgress[0]).toBeGreaterThan(0)
  expect(log).toContain('ITS-NOT-DRAINED')
})

test('a replica that is none of the proxies of the rule is noticed before the write', async () => {
  const sandbox = await mesh()
  hideReplica(sandbox)
  const { outcome } = await runOn(sandbox, { ...COUNTERS, weight: '50' })
  expect(outcome).toMatchObject({ verdict: 'error', wrote: false })
  expect(outcome.code).toBe('ITS-OWN-TRAFFIC-NOT-COUNTED')
})

test.each(['200ms', '1s'])(
  'a timeout of %s that ends before the write is no bug',
  async (timeout) => {
    const sandbox = await mesh()
    await sandbox.faults.admin({ kind: 'slow', ms: 300 })
    const { outcome } = await runOn(sandbox, { ...COUNTERS, weight: '50', timeout })
    expect(outcome).toMatchObject({ reason: 'limit-reached', wrote: false, code: 'ITS-TIME-UP' })
  },
)

test('requests through the Service proxy of the API server are counted', async () => {
  const sandbox = await mesh({ weights: {}, web: { http: { v1: 80, v2: 20 } } })
  const given = { ...WEB, ...COUNTERS, weight: '50', connect: 'api-proxy' }
  expect((await runOn(sandbox, given)).outcome.verdict).toBe('pass')
})

test('a wrong endpoint, whose connections the proxies do not count, is refused before the write', async () => {
  const [sandbox, other] = [await mesh(), await mesh()]
  const endpoint = `${other.gateway.host}:${other.gateway.port}`
  const { outcome } = await runOn(sandbox, { ...COUNTERS, weight: '50', endpoint })
  expect(outcome).toMatchObject({ verdict: 'error', wrote: false })
  expect(outcome.code).toBe('ITS-OWN-TRAFFIC-NOT-COUNTED')
})

test.each([
  ['refuses', 'ITS-GATEWAY-REFUSES'],
  ['resets', 'ITS-NO-REPLY'],
] as const)(
  'a gateway that %s the connections of this run ends it at once, and the weights are rolled back',
  async (kind, code) => {
    const sandbox = await mesh()
    const onLine = (text: string) => {
      if (text.startsWith('Written')) void sandbox.faults.gateway({ kind })
    }
    const inputs = { ...COUNTERS, weight: '50', timeout: '60s' }
    const startedMs = performance.now()
    const { outcome } = await runOn(sandbox, inputs, { onLine })
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'no-reply', rolledBack: true, code })
    expect(performance.now() - startedMs).toBeLessThan(20_000)
    expect(outcome.message).toContain('of this run got no reply')
  },
)

test('a pass does not count where others than the listed proxies served connections of the run', async () => {
  const [sandbox, other] = [await mesh(), await mesh()]
  const balancer = await balance(sandbox, other)
  const inputs = { ...COUNTERS, mode: 'verify', subset: undefined, weights: 'current' }
  const onLine = (text: string) => {
    if (text.startsWith('Preflight: ')) balancer.divide()
  }
  const { outcome } = await runOn(sandbox, { ...inputs, endpoint: balancer.endpoint }, { onLine })
  expect(outcome).toMatchObject({ verdict: 'error', code: 'ITS-COUNTERS-LOST' })
  expect(outcome.message).toMatch(/The proxies served only [\d,]+ of [\d,]+ samples/)
})

test('a check whose proxies can no longer be read ends, and the previous weights are restored', async () => {
  const sandbox = await mesh()
  const loseProxies = async () => {
    const match = { path: /\/portforward/ }
    await sandbox.faults.api({ match, act: respond(403, { reason: 'Forbidden' }) })
    sandbox.tunnels.break()
  }
  const onLine = (text: string) => {
    if (text.includes('Both proxies have')) void loseProxies()
  }
  const inputs = { ...COUNTERS, weight: '50', timeout: '60s' }
  const { outcome } = await runOn(sandbox, inputs, { onLine, countersLostMs: 1000 })
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'cluster', rolledBack: true })
  expect(outcome.code).toBe('ITS-COUNTERS-LOST')
  expect(outcome.message).toContain(
    'No proxy of the rule could be read for 1 s, so the split could no longer be observed.',
  )
})
