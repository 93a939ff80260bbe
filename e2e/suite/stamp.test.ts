import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { WEB_PORTS } from '../../sandbox/tutorial/web.ts'
import { ended, runJob, step } from './support/job.ts'
import { secondReplica } from './support/second-replica.ts'
import {
  readWeb,
  STAMPED,
  stampsOn,
  WEB,
  webAnswers,
  webIs,
  webJournals,
  webSplits,
  webText,
  withRule,
} from './support/web.ts'

/** Slow enough to be still running when the signal comes. */
const SLOW = { ...STAMPED.inputs, subset: 'v2', weight: '60', rate: '5' }

let before: string
beforeEach(async () => {
  await webIs(STAMPED, { v1: 80, v2: 20 })
  before = await webText(STAMPED)
})

describe('the stamps of a run that is killed', () => {
  async function killedStep() {
    const killed = step(SLOW)
    const main = killed.main()
    await main.line(/Written at/)
    expect(new Set(await stampsOn(STAMPED)).size).toBe(2)
    main.process.kill('SIGKILL')
    expect(await main.ended).toMatchObject({ signal: 'SIGKILL' })
    expect(await stampsOn(STAMPED)).toHaveLength(2)
    return killed
  }

  test('are removed by post, which restores the object byte for byte', async () => {
    const { post } = await killedStep()
    const { status, text } = await post().ended
    expect(status, text).toBe(0)
    expect(await webText(STAMPED)).toBe(before)
    await webSplits(STAMPED, { v1: 80, v2: 20 })
  })

  test('are removed by a later attempt of the same workflow run', async () => {
    await killedStep()
    const again = step(
      { ...STAMPED.inputs, subset: 'v2', weight: '30' },
      { GITHUB_RUN_ATTEMPT: '2' },
    )
    const { outputs, text } = await ended(again)
    expect(outputs, text).toMatchObject({ verdict: 'pass', weights: '{"v1":70,"v2":30}' })
    expect(await stampsOn(STAMPED)).toEqual([])
    expect(await webJournals(STAMPED)).toEqual([])
  })
})

test.each(['SIGINT', 'SIGTERM'] as const)(
  'a run with stamps that is ended by %s restores the object byte for byte',
  async (signal) => {
    const cancelled = step(SLOW)
    const main = cancelled.main()
    await main.line(/Written at/)
    main.process.kill(signal)
    const { outputs } = await ended(cancelled, main)
    expect(outputs).toMatchObject({ reason: 'cancelled', 'rolled-back': 'true' })
    expect(await webText(STAMPED)).toBe(before)
  },
)

test('with on-failure keep the weights stay, without stamps', async () => {
  const { outputs } = await runJob({
    ...STAMPED.inputs,
    subset: 'v2',
    weight: '50',
    connections: '20',
    'on-failure': 'keep',
    'propagation-timeout': '500ms',
  })
  expect(outputs).toMatchObject({ verdict: 'inconclusive', 'rolled-back': 'false' })
  expect(await stampsOn(STAMPED)).toEqual([])
  expect(await webJournals(STAMPED)).toEqual([])
})

describe.each([
  ['stamps', STAMPED],
  ['names in replies', WEB],
])('with %s', (_, route) => {
  test('a gateway that answers every request with 401 ends the run before the write', async () => {
    const abort = { httpStatus: 401, percentage: { value: 100 } }
    await withRule(route, { fault: { abort } })
    const aborting = await readWeb(route)
    await webAnswers(WEB_PORTS.http, 401)
    const { status, outputs, text } = await runJob({ ...route.inputs, subset: 'v2', weight: '50' })
    expect(outputs, text).toMatchObject({ verdict: 'error', reason: 'preflight' })
    expect(status).toBe(1)
    expect(text).toContain('401')
    expect(text).toContain('Nothing was written.')
    expect(await readWeb(route)).toEqual(aborting)
  })
})

describe('with two replicas of the gateway', () => {
  const configuration = secondReplica()
  beforeEach(async () => {
    await webSplits(STAMPED, { v1: 80, v2: 20 }, 'second')
    onTestFinished(() => configuration().release())
  })

  test('a shift with stamps passes', async () => {
    const { outputs, text } = await runJob({ ...STAMPED.inputs, subset: 'v2', weight: '60' })
    expect(outputs, text).toMatchObject({ verdict: 'pass', weights: '{"v1":40,"v2":60}' })
    await webSplits(STAMPED, { v1: 40, v2: 60 }, 'second')
  })

  test('a stale one is shown by the stamps, and the previous weights are restored', async () => {
    configuration().hold()
    const { outputs, text } = await runJob({
      ...STAMPED.inputs,
      subset: 'v2',
      weight: '60',
      'propagation-timeout': '2s',
    })
    expect(outputs, text).toMatchObject({
      verdict: 'fail',
      reason: 'not-propagated',
      'rolled-back': 'true',
    })
    expect(await webText(STAMPED)).toBe(before)
  })

  test('one that is two seconds late is waited for', async () => {
    configuration().hold()
    const running = step({ ...STAMPED.inputs, subset: 'v2', weight: '60' })
    const main = running.main()
    await main.line(/Written at/)
    const late = setTimeout(() => configuration().release(), 2000)
    const { outputs, text } = await ended(running, main)
    clearTimeout(late)
    expect(outputs, text).toMatchObject({ verdict: 'pass', weights: '{"v1":40,"v2":60}' })
  })
})
