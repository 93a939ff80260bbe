import { expect, test } from 'vitest'
import { gate } from '../../../kit/run/gate.ts'
import { runOn, SURE } from '../../../kit/run/run.ts'
import { hooks } from '../../../sandbox/faults/api-acts.ts'
import { type JobPaces, type PaceSteps, startPaces } from '../../../src/rollout/jobs/job-paces.ts'
import { LONG_PHASE_MS } from '../../../src/rollout/jobs/job-sampling.ts'
import type { RunningJob } from '../../../src/rollout/jobs/start-job.ts'
import { systemTimer } from '../../../src/rollout/time-limits.ts'
import { sandboxWith } from '../../kube/support/cluster.ts'
import { created, nothingLeft } from './support/left.ts'

function job(name: string): RunningJob {
  const streams = { pods: [], inFlight: 1, listen: () => () => undefined }
  return { name, namespace: 'demo', streams, close: () => undefined }
}

/** Paces that begin with the Job "at 100", and everything that is done for them, in its order. */
function paces(steps: Partial<PaceSteps> = {}): { paces: JobPaces; done: string[] } {
  const done: string[] = []
  const startAt: PaceSteps['startAt'] = async (rate) => job(`at ${rate}`)
  const started = startPaces(
    { job: job('at 100'), rate: 100 },
    {
      async startAt(rate, signal) {
        done.push(`start at ${rate}`)
        return (steps.startAt ?? startAt)(rate, signal)
      },
      async switchTo(next) {
        done.push(`switch to ${next.name}`)
        await steps.switchTo?.(next)
      },
      leave: ({ name }) => void done.push(`leave ${name}`),
    },
  )
  return { paces: started, done }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

test('a slower Job takes over before the present one is left, and a fast one takes over again', async () => {
  const { paces: running, done } = paces()
  running.ask(5)
  await settled()
  expect(running.present().name).toBe('at 5')
  running.ask(100)
  await settled()
  expect(done).toEqual([
    ...['start at 5', 'switch to at 5', 'leave at 100'],
    ...['start at 100', 'switch to at 100', 'leave at 5'],
  ])
})

test('a Job that cannot be started leaves the present one, and is tried again when it is asked for again', async () => {
  const { paces: running, done } = paces({ startAt: async () => undefined })
  running.ask(5)
  await settled()
  expect(running.present().name).toBe('at 100')
  expect(running.asked()).toBe(100)
  running.ask(5)
  await settled()
  expect(done).toEqual(['start at 5', 'start at 5'])
})

test('a pace that is asked for while another Job takes over comes next', async () => {
  const over = gate()
  const { paces: running, done } = paces({ switchTo: () => over.reached.then(() => undefined) })
  running.ask(5)
  await settled()
  running.ask(100)
  over.open()
  await settled()
  expect(running.present().name).toBe('at 100')
  expect(done.at(-1)).toBe('leave at 5')
})

test('a slower Job that still starts when the full pace is needed is given up, and left if it comes', async () => {
  const go = gate()
  let isAborted = false
  const { paces: running, done } = paces({
    async startAt(rate, signal) {
      await go.reached
      isAborted = signal.aborted
      return job(`at ${rate}`)
    },
  })
  running.ask(5)
  running.ask(100)
  go.open()
  await settled()
  expect(isAborted).toBe(true)
  expect(done).toEqual(['start at 5', 'leave at 5'])
  expect(running.present().name).toBe('at 100')
})

test('at the end of a run, a Job that still starts is given up, and no other is started', async () => {
  const go = gate()
  const { paces: running, done } = paces({
    async startAt(rate) {
      await go.reached
      return job(`at ${rate}`)
    },
  })
  running.ask(5)
  running.close()
  go.open()
  running.ask(20)
  await settled()
  expect(done).toEqual(['start at 5', 'leave at 5'])
})

const STEPS = {
  proxies: 'off',
  connect: 'job',
  subset: 'v2',
  steps: '60',
  weight: '70',
  'step-interval': '5s',
  tolerance: '35',
  confidence: SURE,
  timeout: '60s',
}
/** A slow phase lasts long enough for a slower Job at once. */
const AT_ONCE = (ms: number, over: () => void) => systemTimer(ms === LONG_PHASE_MS ? 0 : ms, over)

test('a slower Job takes over a watch, and a run that is cancelled while a fast one starts again leaves none', async () => {
  const sandbox = await sandboxWith({ weights: { v1: 80, v2: 20 }, jobs: true })
  const cancel = new AbortController()
  await sandbox.faults.api({
    match: { method: 'POST', path: /\/jobs\?/, nth: 4 },
    act: hooks({ after: async () => cancel.abort() }),
  })
  const { outcome } = await runOn(sandbox, STEPS, {
    startTimer: AT_ONCE,
    cancelled: cancel.signal,
  })
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'cancelled', rolledBack: true })
  const [measuring, fast, slower, fastAgain] = created(sandbox, 'jobs').map(
    (body) => /"ratePerSecond\\+":([\d.]+)/.exec(body)?.[1],
  )
  expect([measuring, slower]).toEqual([undefined, '10'])
  expect(Number(fast)).toBeGreaterThan(40)
  expect(fastAgain).toBe(fast)
  await nothingLeft(sandbox)
})
