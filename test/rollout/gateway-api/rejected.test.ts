import { describe, expect, test } from 'vitest'
import { GATEWAY_ROUTES } from '../../../kit/run/gateway-api.ts'
import { named, ROUTES, sharedMesh } from './support.ts'

const mesh = sharedMesh()

const REJECTS = {
  kind: 'rejects',
  condition: 'ResolvedRefs',
  reason: 'BackendNotFound',
  message: 'backend(none.demo.svc.cluster.local) not found',
} as const

describe.each(ROUTES)('%s', (_, kind) => {
  const kindName = GATEWAY_ROUTES[kind].kind

  test('is restored at once where its controller refuses the new generation, with the words of the controller', async () => {
    const { sandbox, shift, text } = mesh()
    const before = text(kind)
    await sandbox.faults.controller(REJECTS)
    const { outcome, log } = await shift(kind)
    expect(outcome, log).toMatchObject({
      verdict: 'fail',
      reason: 'not-propagated',
      code: 'ITS-ROUTE-REJECTED',
      rolledBack: true,
      weights: named(kind, { v1: 80, v2: 20 }),
    })
    expect(outcome.message).toContain(
      `${kindName} demo/${kind === 'http' ? 'web' : kind}-route with the new weights was not accepted: istio.io/gateway-controller says ResolvedRefs is False (BackendNotFound), "backend(none.demo.svc.cluster.local) not found"`,
    )
    expect(outcome.remedy).toContain(`get ${kindName.toLowerCase()}s.gateway.networking.k8s.io`)
    expect(text(kind)).toBe(before)
  })

  test('passes by its split where its controller writes no status', async () => {
    await mesh().sandbox.faults.controller({ kind: 'never-observes' })
    const { outcome, log } = await mesh().shift(kind)
    expect(outcome, log).toMatchObject({ verdict: 'pass' })
    expect(mesh().journaled(kind)).toBe(false)
  })
})

test('a controller that refuses a generation late ends the check at that moment', async () => {
  const { sandbox, shift, text } = mesh()
  const before = text('tcp')
  const { outcome } = await shift(
    'tcp',
    { tolerance: '20', rate: '100' },
    {
      onLine: (line) =>
        line.startsWith('Written at') && sandbox.faults.controller({ ...REJECTS, present: true }),
    },
  )
  expect(outcome).toMatchObject({ code: 'ITS-ROUTE-REJECTED', rolledBack: true })
  expect(text('tcp')).toBe(before)
})

test('a run that keeps its weights on failure keeps those that the controller refuses, and says so', async () => {
  await mesh().sandbox.faults.controller(REJECTS)
  const { outcome } = await mesh().shift('http', { 'on-failure': 'keep' })
  expect(outcome).toMatchObject({
    code: 'ITS-ROUTE-REJECTED',
    rolledBack: false,
    weights: named('http', { v1: 40, v2: 60 }),
  })
})
