import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { textAt } from '../../sandbox/objects/json.ts'
import { startJobs } from '../processes/jobs.ts'
import { within } from '../processes/within.ts'
import { runJob, step } from './support/job.ts'
import { nothingLeft } from './support/left-of-jobs.ts'
import { gatewaySplits, routeIs, routeText } from './support/route.ts'

beforeAll(startJobs)

let before: string
beforeEach(async () => {
  await routeIs({ v1: 80, v2: 20 })
  await gatewaySplits({ v1: 80, v2: 20 })
  before = await routeText()
})

const BY_JOB = {
  connect: 'job',
  proxies: 'off',
  'job-pods': '2',
  subset: 'v2',
  tolerance: '10',
}

describe('a shift whose samples come from the Pods of a Job', () => {
  test('confirms the right weights, and leaves no Job, Secret or Pod', async () => {
    const run = await runJob({ ...BY_JOB, weight: '60' })
    expect(run.outputs, run.text).toMatchObject({ verdict: 'pass', weights: '{"v1":40,"v2":60}' })
    await nothingLeft()
  })

  test('takes them from as many Pods as asked for', async () => {
    const run = await runJob({ ...BY_JOB, 'job-pods': '8', weight: '60' })
    expect(run.outputs, run.text).toMatchObject({ verdict: 'pass' })
    expect(run.text).toMatch(/8 Pods/)
    await nothingLeft()
  })

  test('refutes weights that the gateway does not have', async () => {
    const run = await runJob({ ...BY_JOB, mode: 'verify', weight: '50' })
    expect(run.outputs, run.text).toMatchObject({ verdict: 'fail', reason: 'off-target' })
    expect(await routeText()).toBe(before)
    await nothingLeft()
  })

  test('restores the previous weights when it is killed, and leaves no Job', async () => {
    const job = step({ ...BY_JOB, weight: '60', steps: '40', 'step-interval': '30s' })
    const main = job.main()
    await within(60_000, 'the write', async () => (await routeText()) !== before)
    main.process.kill('SIGKILL')
    await main.ended
    const { text } = await job.post().ended
    expect(text).toContain('Job')
    expect(await routeText()).toBe(before)
    await nothingLeft()
  })

  test('writes nothing where its Pods cannot be created', async () => {
    const run = await runJob({ ...BY_JOB, weight: '60', 'job-namespace': 'no-such-namespace' })
    expect(textAt(run.report, 'verdict') ?? run.outputs.verdict, run.text).toBe('error')
    expect(await routeText()).toBe(before)
    await nothingLeft()
  })
})
