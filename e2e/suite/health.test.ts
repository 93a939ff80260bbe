import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { Affected, ReplyFault } from '../../sandbox/faults/destination-fault.ts'
import { listAt, textAt } from '../../sandbox/objects/json.ts'
import { type Application, faultyVersion, latentFault } from '../faults/faulty.ts'
import { HEALTH_CASES, startVersions, stepInputs } from '../health/cases.ts'
import { ended, runJob, step } from './support/job.ts'
import { routeIs, routeText } from './support/route.ts'
import { GRPC, STAMPED, WEB, webIs, webSplits, webText, withRule } from './support/web.ts'

const TIMES = 2
const ERROR: ReplyFault = { kind: 'status', status: 500 }
const BY_HEADER = '{v1: {header: {x-version: "^v1$"}}, v2: {header: {x-version: "^v2$"}}}'

const v2 = async (application: Application, fault: ReplyFault, affected: Affected) =>
  onTestFinished(await faultyVersion(application, 'v2', fault, affected))

describe.each(HEALTH_CASES)('a shift to 80/20 where $name', (one) => {
  test(`ends with ${one.expected}, ${TIMES} times`, { timeout: 180_000 }, async () => {
    onTestFinished(await startVersions(one))
    for (let time = 0; time < TIMES; time += 1) {
      await webIs(WEB, { v1: 100, v2: 0 })
      const before = await webText(WEB)
      const { outputs, text } = await runJob(stepInputs(one))
      const { verdict = '', reason = '' } = outputs
      expect(one.isRight(verdict, reason), text).toBe(true)
      if (verdict === 'pass') await webSplits(WEB, { v1: 80, v2: 20 })
      else expect(await webText(WEB)).toBe(before)
    }
  })
})

describe('errors of v2', () => {
  test('are seen by the stamp where nothing else in a reply names the version', async () => {
    await webIs(STAMPED, { v1: 100, v2: 0 })
    const before = await webText(STAMPED)
    await v2('web', { kind: 'status', status: 500, unnamed: true }, { share: 0.3 })
    const { outputs, text } = await runJob({ ...STAMPED.inputs, subset: 'v2', weight: '20' })
    expect(outputs, text).toMatchObject({ verdict: 'fail', reason: 'unhealthy' })
    expect(await webText(STAMPED)).toBe(before)
  })

  test('keep a limit from passing where nothing names the version', async () => {
    await webIs(WEB, { v1: 100, v2: 0 })
    await v2('web', { kind: 'status', status: 500, unnamed: true }, { share: 0.1 })
    const limit = { 'max-errors': '1', 'health-span': '0s', connections: '6000' }
    const { outputs, text } = await runJob({ ...WEB.inputs, subset: 'v2', weight: '20', ...limit })
    expect(outputs, text).not.toMatchObject({ verdict: 'pass' })
    expect(outputs['rolled-back'], text).toBe('true')
  })

  test('are seen in gRPC calls', async () => {
    await webIs(GRPC, { v1: 100, v2: 0 })
    onTestFinished(await faultyVersion('grpc', 'v1', undefined))
    await v2('grpc', { kind: 'grpc-status', status: 13 }, { share: 0.3 })
    const inputs = { ...GRPC.inputs, expect: BY_HEADER, subset: 'v2', weight: '20' }
    const { outputs, text } = await runJob(inputs)
    expect(outputs, text).toMatchObject({ verdict: 'fail', reason: 'unhealthy' })
    await webSplits(GRPC, { v1: 100 })
  })

  test('are connections that break off within a reply that names it', async () => {
    await routeIs({ v1: 100, v2: 0 })
    const before = await routeText()
    await v2('echo', { kind: 'half-line', afterwards: 'close' }, { share: 0.3 })
    const expected = '{v1: "^one", v2: "^two"}'
    const { outputs, text } = await runJob({ subset: 'v2', weight: '20', expect: expected })
    expect(outputs, text).toMatchObject({ verdict: 'fail', reason: 'unhealthy' })
    expect(await routeText()).toBe(before)
  })

  test('that retries hide are not seen, as clients do not see them, and seen without the retries', async () => {
    await v2('web', ERROR, { share: 0.3 })
    const shift = { ...WEB.inputs, subset: 'v2', weight: '20' }
    for (const [retryOn, verdict] of [
      ['5xx', 'pass'],
      ['gateway-error', 'fail'],
    ] as const) {
      await webIs(WEB, { v1: 100, v2: 0 })
      await withRule(WEB, { retries: { attempts: 5, retryOn } })
      const { outputs, text } = await runJob(shift)
      expect(outputs, text).toMatchObject({ verdict })
    }
  })
})

describe('the interval after a step', () => {
  beforeEach(() => webIs(WEB, { v1: 100, v2: 0 }))

  test('is watched, and a version whose errors begin in it is rolled back at once', async () => {
    const before = await webText(WEB)
    const { begin, heal } = await latentFault('web', 'v2', ERROR, { share: 0.5 })
    onTestFinished(heal)
    const running = step({
      ...WEB.inputs,
      subset: 'v2',
      weight: '50',
      steps: '20',
      'step-interval': '50s',
      rate: '200',
    })
    const main = running.main()
    await main.line(/Watch v1 80%/)
    begin()
    const { outputs, report, text } = await ended(running, main)
    expect(outputs, text).toMatchObject({
      verdict: 'fail',
      reason: 'unhealthy',
      'rolled-back': 'true',
    })
    const [first = null] = listAt(report, 'checks')
    expect(textAt(first, 'ended'), text).toBe('unhealthy')
    expect(await webText(WEB)).toBe(before)
  })
})
