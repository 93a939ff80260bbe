import { beforeEach, describe, expect, test } from 'vitest'
import { ended, step } from './support/job.ts'
import { gatewaySplits, journalsOn, routeIs, routeText, weightsOn } from './support/route.ts'

/** Slow enough to be still running when the signal comes. */
const SLOW = { subset: 'v2', weight: '60', rate: '5' }

let before: string
beforeEach(async () => {
  await routeIs({ v1: 80, v2: 20 })
  before = await routeText()
})

/** A step whose main was killed after its write. */
async function killedStep(environment: Readonly<Record<string, string>> = {}) {
  const killed = step(SLOW, environment)
  const main = killed.main()
  await main.line(/Written at/)
  main.process.kill('SIGKILL')
  expect(await main.ended).toMatchObject({ signal: 'SIGKILL' })
  expect(await weightsOn()).toEqual({ v1: 40, v2: 60 })
  expect(await journalsOn()).toEqual(['istio-traffic-shift/journal'])
  return killed
}

async function isAsBefore(): Promise<void> {
  expect(await routeText()).toBe(before)
  await gatewaySplits({ v1: 80, v2: 20 })
}

describe('a killed run', () => {
  test('is rolled back by post', async () => {
    const { post } = await killedStep()
    const { status, text } = await post().ended
    expect(status).toBe(0)
    expect(text).toContain('has its previous weights again')
    await isAsBefore()
  })

  test('is rolled back once, and a second post has nothing to do', async () => {
    const { post } = await killedStep()
    await post().ended
    const { status, text } = await post().ended
    expect(status).toBe(0)
    expect(text).toContain('has no journal of the killed run')
    await isAsBefore()
  })

  test('locks the object while it may still be running', async () => {
    const { post } = await killedStep()
    const other = step({ subset: 'v2', weight: '30' }, { GITHUB_RUN_ID: '1001' })
    const { status, outputs } = await ended(other)
    expect(status).toBe(1)
    expect(outputs).toMatchObject({ verdict: 'error', reason: 'locked' })
    expect(await weightsOn()).toEqual({ v1: 40, v2: 60 })
    await post().ended
    await isAsBefore()
  })

  test('is rolled back first by a later attempt of the same workflow run', async () => {
    await killedStep()
    const again = step({ subset: 'v2', weight: '30' }, { GITHUB_RUN_ATTEMPT: '2' })
    const { outputs, text } = await ended(again)
    expect(text).toContain('The weights from before it are restored')
    expect(outputs).toMatchObject({
      verdict: 'pass',
      'previous-weights': '{"v1":80,"v2":20}',
      weights: '{"v1":70,"v2":30}',
    })
    expect(await journalsOn()).toEqual([])
  })
})

describe('a cancelled run', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'ended by %s restores the previous weights and exits within 7.5 s',
    async (signal) => {
      const cancelled = step(SLOW)
      const main = cancelled.main()
      await main.line(/Written at/)
      const atMs = performance.now()
      main.process.kill(signal)
      const { status, outputs } = await ended(cancelled, main)
      expect(performance.now() - atMs).toBeLessThan(7500)
      expect(status).toBe(1)
      expect(outputs).toMatchObject({
        verdict: 'error',
        reason: 'cancelled',
        'rolled-back': 'true',
        weights: '{"v1":80,"v2":20}',
      })
      await isAsBefore()
      expect(await cancelled.post().ended).toMatchObject({ status: 0, text: '' })
    },
  )
})
