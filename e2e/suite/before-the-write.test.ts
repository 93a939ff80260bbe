import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { deadVersion } from '../faults/stopped.ts'
import { runJob, writesIn } from './support/job.ts'
import { routeIs, routeText } from './support/route.ts'

beforeEach(() => routeIs({ v1: 80, v2: 20 }))

test('expectations at each other’s destination stop a run before the write', async () => {
  const before = await routeText()
  const inputs = { subset: 'v2', weight: '50', 'propagation-timeout': '0s' }
  const { outputs, text, report } = await runJob({
    ...inputs,
    expect: '{v1: "^two ", v2: "^one "}',
  })
  expect(outputs).toMatchObject({ verdict: 'error', reason: 'preflight' })
  expect(text).toContain('The expressions of v1 and v2 in expect seem to be swapped.')
  expect(writesIn(report)).toEqual([])
  expect(await routeText()).toBe(before)
})

test('a version with 20% that answers nothing does not get 50%', async () => {
  const before = await routeText()
  onTestFinished(await deadVersion('v2'))
  const inputs = { subset: 'v2', weight: '50', 'propagation-timeout': '0s' }
  const { outputs, text, report } = await runJob(inputs)
  expect(outputs).toMatchObject({ verdict: 'error', reason: 'preflight' })
  expect(text).toMatch(/v2 has 20% and answered none of \d+ connections/)
  expect(text).toMatch(/get pods --selector 'app=tcp-echo,version=v2'/)
  expect(writesIn(report)).toEqual([])
  expect(await routeText()).toBe(before)
})

test('a check that cannot end within timeout is refused before the write', async () => {
  const before = await routeText()
  const inputs = { subset: 'v2', weight: '50', tolerance: '0.1', timeout: '20s' }
  const { outputs, text, report } = await runJob(inputs)
  expect(outputs).toMatchObject({ verdict: 'error', reason: 'preflight' })
  expect(text).toContain('A check cannot end within timeout.')
  expect(writesIn(report)).toEqual([])
  expect(await routeText()).toBe(before)
})
