import { describe, expect, test } from 'vitest'
import {
  backendWeightsOn,
  GATEWAY_ROUTES,
  resetRoute,
  runRoute,
  WITHOUT_SAMPLES,
} from '../../../kit/run/gateway-api.ts'
import { SURE } from '../../../kit/run/run.ts'
import { HOPELESS, named, ROUTES, sharedMesh } from './support.ts'

const mesh = sharedMesh()

describe.each(ROUTES)('%s', (_, kind) => {
  const v2 = GATEWAY_ROUTES[kind].destination('v2')

  test('is shifted over a step, each confirmed, and has the requested weights then', async () => {
    const before = mesh().text(kind)
    const { outcome, log } = await mesh().shift(kind, { weight: '90', steps: '55' })
    expect(outcome, log).toMatchObject({
      verdict: 'pass',
      weights: named(kind, { v1: 10, v2: 90 }),
    })
    expect(outcome.checks).toHaveLength(2)
    const asked = before
      .replace('"weight": 80', '"weight": 10')
      .replace('"weight": 20', '"weight": 90')
    expect(mesh().text(kind)).toBe(asked)
    expect(log).not.toMatch(/VirtualService|\bbug\b/)
  })

  test('is restored to the byte where the gateway splits by other weights', async () => {
    const before = mesh().text(kind)
    const { sandbox, shift, text } = mesh()
    await sandbox.faults.gateway({ kind: 'shares', shares: named(kind, { v1: 97, v2: 3 }) })
    const { outcome, log } = await shift(kind, { 'propagation-timeout': '0s' })
    expect(outcome, log).toMatchObject({ rolledBack: true })
    // By chance, no reply of v2 among the first ones makes it dependent.
    expect(['off-target', 'not-propagated', 'dependent']).toContain(outcome.reason)
    expect(text(kind)).toBe(before)
    expect(log).not.toContain('ITS-FIELD-OWNERSHIP')
  })

  test('is restored to the byte where the new version is broken', async () => {
    const { sandbox, shift, text } = mesh()
    resetRoute(sandbox, kind, { v1: 1, v2: 0 })
    await sandbox.applied()
    const before = text(kind)
    await sandbox.faults.destination('v2', { kind: 'dead' })
    const { outcome, log } = await shift(kind, { 'propagation-timeout': '0s' })
    expect(outcome, log).toMatchObject({ verdict: 'fail', rolledBack: true })
    expect(outcome.message).toContain(v2)
    expect(text(kind)).toBe(before)
  })

  test('keeps the weights of a run that does not pass where on-failure is keep', async () => {
    const { outcome } = await mesh().shift(kind, { ...HOPELESS, 'on-failure': 'keep' })
    expect(outcome).toMatchObject({ verdict: 'inconclusive', rolledBack: false })
    expect(backendWeightsOn(mesh().sandbox, kind)).toEqual(named(kind, { v1: 40, v2: 60 }))
    expect(mesh().journaled(kind)).toBe(false)
  })

  test('gets a Service of its namespace as a new destination for 0.1%, and loses it in the rollback', async () => {
    const { sandbox, shift, text } = mesh()
    resetRoute(sandbox, kind, { v1: 1 })
    const before = text(kind)
    let written = {}
    const { outcome, log } = await shift(
      kind,
      { ...HOPELESS, weight: '0.1', tolerance: '0.1' },
      {
        onLine: (line) => {
          if (line.startsWith('Written at')) written = backendWeightsOn(sandbox, kind)
        },
      },
    )
    expect(written, log).toEqual(named(kind, { v1: 999, v2: 1 }))
    expect(outcome).toMatchObject({ verdict: 'inconclusive', rolledBack: true })
    expect(text(kind)).toBe(before)
  })

  test('is planned with a diff of the object, which stays as it is', async () => {
    const before = mesh().text(kind)
    const { outcome, record } = await mesh().shift(kind, { mode: 'plan', ...WITHOUT_SAMPLES })
    expect(outcome).toMatchObject({ verdict: 'planned', wrote: false })
    expect(record.change?.diff).toContain('-          weight: 80\n+          weight: 40\n')
    expect(mesh().text(kind)).toBe(before)
  })

  test('is verified at its present weights, and shown by status', async () => {
    const before = mesh().text(kind)
    const verified = await runRoute(mesh().sandbox, kind, {
      mode: 'verify',
      weights: 'current',
      tolerance: '25',
      confidence: SURE,
    })
    expect(verified.outcome, verified.log).toMatchObject({ verdict: 'pass' })
    const { outcome } = await runRoute(mesh().sandbox, kind, { mode: 'status', ...WITHOUT_SAMPLES })
    expect(outcome).toMatchObject({
      verdict: 'idle',
      weights: named(kind, { v1: 80, v2: 20 }),
      message: `No run is in progress on demo/${GATEWAY_ROUTES[kind].ref.name}.\nrule[0]: ${v2.replace('v2', 'v1')} 80%, ${v2} 20%`,
    })
    expect(mesh().text(kind)).toBe(before)
  })
})
