import { afterEach, describe, expect, test } from 'vitest'
import { hasJournal, weightsOn } from '../../../kit/run/object.ts'
import { runHttp, runOn } from '../../../kit/run/run.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.ts'

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

const LATE = 'istio-system/istio-ingressgateway-1'

/** A gateway whose proxies have the weights that are written, and split otherwise. */
async function wrongMesh(): Promise<Sandbox> {
  const sandbox = await mesh({ weights: { v1: 80, v2: 20 } })
  await sandbox.faults.gateway({ kind: 'shares', shares: { v1: 0.95, v2: 0.05 } })
  return sandbox
}

const REFUTED = { subset: 'v2', weight: '60', tolerance: '5', 'propagation-timeout': '300ms' }
/** It does not end before it is cancelled. */
const LONG = { subset: 'v2', weight: '60', tolerance: '0.1', connections: '1000000' }

/** From its restore on, the second replica takes over nothing. */
function holdAfterCheck(sandbox: Sandbox) {
  return async (line: string) => {
    if (!line.includes('✘ Not confirmed')) return
    await sandbox.faults.gateway({ kind: 'first-replica', othersAfterMs: 'never' })
  }
}

describe('the check of restored weights', () => {
  test('begins when every proxy has them, and the report says so of each', async () => {
    const sandbox = await mesh({ weights: { v1: 80, v2: 20 } })
    await sandbox.faults.gateway({ kind: 'late', byMs: 300 })
    const { outcome, record, log } = await runOn(sandbox, {
      ...{ subset: 'v2', weight: '60', tolerance: '0.1', connections: '200' },
    })
    expect(outcome.rolledBack).toBe(true)
    expect(outcome.message).toContain('The previous weights are restored (v1 80%, v2 20%)')
    const seen = record.restoreCheck?.proxies
    expect(seen).toMatchObject({ status: 'confirmed' })
    for (const one of seen?.proxies ?? []) expect(one.propagationMs).toBeGreaterThan(200)
    expect(record.restoreCheck?.attempts[0]).toMatchObject({ part: 'confirmed' })
    expect(log).toContain('✔ Both proxies have v1 80%, v2 20%.')
    expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
  })

  test('names a proxy that keeps the weights of the run, and says that the object has the previous ones', async () => {
    const sandbox = await wrongMesh()
    const { outcome, record } = await runOn(sandbox, REFUTED, { onLine: holdAfterCheck(sandbox) })
    expect(outcome).toMatchObject({ verdict: 'fail', reason: 'off-target', rolledBack: true })
    expect(outcome.message).toContain(
      `The previous weights are restored on the object (v1 80%, v2 20%), but 1 of 2 proxies does not have them. ${LATE} still has v1 40%, v2 60%.`,
    )
    expect(outcome.remedy).toContain("proxy-status 'istio-ingressgateway-1.istio-system'")
    expect(record.restoreCheck?.proxies).toMatchObject({ status: 'stale' })
    expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
    expect(hasJournal(sandbox)).toBe(false)
  })

  test('waits with stamps for proxies without those of the run', async () => {
    const sandbox = await mesh({ web: { http: { v1: 80, v2: 20 } } })
    const { record } = await runHttp(sandbox, {
      ...{ subset: 'v2', weight: '60', expect: 'stamp', tolerance: '0.1', connections: '100' },
    })
    expect(record.restoreCheck).toMatchObject({ ended: 'pass', proxies: { status: 'confirmed' } })
    expect(record.unstamped).toMatchObject({ seen: 'gone' })
  })
})

describe('a run that is cancelled after its write', () => {
  test('reads the proxies for a moment, and takes no samples', async () => {
    const sandbox = await mesh({ weights: { v1: 80, v2: 20 } })
    const cancelling = new AbortController()
    const { outcome, record } = await runOn(sandbox, LONG, {
      cancelled: cancelling.signal,
      onLine: (line) => (line.includes('Both proxies have') ? cancelling.abort() : undefined),
    })
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'cancelled', rolledBack: true })
    expect(outcome.message).toContain(
      'The previous weights are restored (v1 80%, v2 20%), and every proxy of the rule has them.',
    )
    expect(record.restoreCheck).toMatchObject({ ended: 'pass', attempts: [] })
  })

  test('names a proxy that does not have the previous weights yet, within the time of a cancel', async () => {
    const sandbox = await mesh({ weights: { v1: 80, v2: 20 } })
    const cancelling = new AbortController()
    let cancelledMs = 0
    const cancel = async (line: string) => {
      if (!line.includes('Both proxies have v1 40%')) return
      await sandbox.faults.gateway({ kind: 'first-replica', othersAfterMs: 'never' })
      cancelledMs = performance.now()
      cancelling.abort()
    }
    const { outcome } = await runOn(sandbox, LONG, { cancelled: cancelling.signal, onLine: cancel })
    expect(performance.now() - cancelledMs).toBeLessThan(7000)
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'cancelled', rolledBack: true })
    expect(outcome.message).toContain(
      `but 1 of 2 proxies did not have them yet when the run ended. ${LATE} still has v1 40%, v2 60%.`,
    )
  })
})
