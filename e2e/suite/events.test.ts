import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { beforeEach, expect, test } from 'vitest'
import { runJob } from './support/job.ts'
import { routeIs } from './support/route.ts'

beforeEach(() => routeIs())

test('kubectl describe shows that a shift began, that its step is confirmed, and that another one was rolled back', async () => {
  const shift = { subset: 'v2', weight: '20' }
  expect(await runJob(shift)).toMatchObject({ status: 0 })
  const wrong = { ...shift, weight: '60', connections: '1', 'propagation-timeout': '0s' }
  expect(await runJob(wrong)).toMatchObject({ outputs: { 'rolled-back': 'true' } })
  const words = ['--namespace', 'demo', 'describe', 'virtualservice', 'tcp-echo']
  const { stdout } = await promisify(execFile)('kubectl', words)
  expect(stdout).toMatch(
    /Normal +ShiftStarted +\S+ +istio-traffic-shift +Shifting from v1 100%, v2 0% to v1 80%, v2 20%\./,
  )
  expect(stdout).toMatch(
    /Normal +StepConfirmed +\S+ +istio-traffic-shift +Shifted to v1 80%, v2 20%, confirmed by [\d,]+ connections/,
  )
  expect(stdout).toMatch(
    /Warning +RolledBack +\S+ +istio-traffic-shift +Rolled back to v1 80%, v2 20%\. demo\/tcp-echo: v2 60% is undecided/,
  )
})
