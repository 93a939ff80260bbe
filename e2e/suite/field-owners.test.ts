import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { ownersIn } from '../../kit/faults/subject.ts'
import { virtualService, type Weights } from '../objects/tutorial.ts'
import { runJob } from './support/job.ts'
import { api, applyRoute, gatewaySplits, readRoute, weightsOn } from './support/route.ts'

const GITOPS = 'gitops'
/** Writes, never passes, and is rolled back. */
const FAILING = { subset: 'v2', weight: '50', connections: '1', 'propagation-timeout': '0s' }

const apply = (weights: Weights, more = {}) => applyRoute(GITOPS, virtualService(weights), more)

beforeEach(async () => {
  await api.remove(virtualService())
  expect(await apply({ v1: 80, v2: 20 })).toMatchObject({ status: 201 })
  await gatewaySplits({ v1: 80, v2: 20 })
})
afterAll(async () => {
  await api.remove(virtualService())
  await api.create(virtualService())
})

describe('a manager that applies the object server-side', () => {
  test('applies another weight after a rolled-back run without a conflict', async () => {
    const before = ownersIn(await readRoute())
    const { outputs } = await runJob(FAILING)
    expect(outputs).toMatchObject({ 'rolled-back': 'true' })
    expect(ownersIn(await readRoute())).toEqual(before)
    expect(await apply({ v1: 70, v2: 30 })).toMatchObject({ status: 200 })
    expect(await weightsOn()).toEqual({ v1: 70, v2: 30 })
  })

  test('has a conflict with the weights of a run that passed, and can take them with force', async () => {
    const { status } = await runJob({ subset: 'v2', weight: '50', tolerance: '20' })
    expect(status).toBe(0)
    const refused = await apply({ v1: 70, v2: 30 })
    expect(refused.status).toBe(409)
    expect(refused.text).toContain('istio-traffic-shift')
    expect(await apply({ v1: 70, v2: 30 }, { force: true })).toMatchObject({ status: 200 })
  })
})
