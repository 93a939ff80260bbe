import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { gate } from '../kit/run/gate.ts'
import { interruptRun } from '../kit/run/interrupted.ts'
import { hasJournal, routeText, weightsOn, writes } from '../kit/run/object.ts'
import { type Step, startStep } from '../kit/run/step.ts'
import { deniedBy, hooks } from '../sandbox/faults/api-acts.ts'
import type { Act } from '../sandbox/faults/api-fault.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'
import { OUTPUTS } from '../src/report/outputs.ts'

let sandbox: Sandbox
let step: Step | undefined
beforeEach(async () => {
  sandbox = await startSandbox()
})
afterEach(async () => {
  step?.remove()
  await sandbox.stop()
})

function stepWith(
  inputs: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>> = {},
): Step {
  step = startStep({ kubeconfig: sandbox.kubeconfig, ...inputs }, environment)
  return step
}

/** Wide enough to be confirmed by few connections. */
const PASSING = { subset: 'v2', weight: '20', tolerance: '15' }

/** To write to it is to write to a disk that is full. */
const FULL = '/dev/full'

describe('the built action on a full disk', () => {
  test('writes nothing to the cluster if the intent cannot be saved for the post step', async () => {
    const before = routeText(sandbox)
    const { main, outputs, summary } = stepWith(
      { subset: 'v2', weight: '50' },
      { GITHUB_STATE: FULL },
    )
    const { status, text } = await main().ended
    expect(status).toBe(1)
    expect(text).toMatch(
      /could not be saved\. GITHUB_STATE names .*, which is on a disk that is full\./,
    )
    expect(text).not.toContain('Bug in this tool')
    expect(outputs()).toMatchObject({ verdict: 'error', reason: 'preflight' })
    expect(summary()).toMatch(/^## ⛔ .*Nothing was written\.\n/)
    expect(writes(sandbox)).toEqual([])
    expect(routeText(sandbox)).toBe(before)
  })

  test('writes its summary if its outputs cannot be written, and fails the step', async () => {
    const { main, summary } = stepWith(PASSING, { GITHUB_OUTPUT: FULL })
    const { status, text } = await main().ended
    expect(status).toBe(1)
    expect(text).toMatch(/::error::The outputs could not be written: ENOSPC/)
    expect(summary()).toMatch(/^## ✅ demo\/tcp-echo: v2 is at 20%/)
  })
})

describe('the built action', () => {
  test('passes a step with every output, a summary and a report, and leaves nothing to the post step', async () => {
    const { main, post, outputs, summary } = stepWith(PASSING)
    const ended = await main().ended
    expect(ended).toMatchObject({ status: 0 })
    expect(Object.keys(outputs())).toEqual(Object.keys(OUTPUTS))
    expect(outputs()).toMatchObject({
      verdict: 'pass',
      reason: 'within-tolerance',
      'rolled-back': 'false',
      weights: '{"v1":80,"v2":20}',
    })
    expect(summary()).toMatch(/^## ✅ demo\/tcp-echo: v2 is at 20%/)
    const report = JSON.parse(readFileSync(outputs().report ?? '', 'utf8'))
    expect(report).toMatchObject({ schema: 2, verdict: 'pass', weights: { v1: 80, v2: 20 } })
    const calls = sandbox.calls.length
    expect(await post().ended).toMatchObject({ status: 0, text: '' })
    expect(sandbox.calls).toHaveLength(calls)
  })

  test('writes its outputs and its summary before it fails a step', async () => {
    await sandbox.faults.destination('v2', { kind: 'dead' })
    const { main, outputs, summary } = stepWith({ subset: 'v2', weight: '20' })
    expect(await main().ended).toMatchObject({ status: 1 })
    expect(outputs()).toMatchObject({
      verdict: 'fail',
      reason: 'no-reply',
      'rolled-back': 'true',
      'propagation-ms': '',
    })
    expect(summary()).toMatch(/^## ❌ demo\/tcp-echo: .*Previous weights restored\.\n/)
  })

  test('reports every invalid input at once, and leaves unknown outputs empty', async () => {
    const { main, outputs } = stepWith({
      weight: 'a lot',
      namespace: 'Not A Name',
      kubeconfig: '',
      tolerence: '1',
    })
    const { status, text } = await main().ended
    expect(status).toBe(1)
    for (const problem of [
      'There is no input tolerence.',
      'namespace must be',
      'subset is required',
      'weight must be',
      'kubeconfig is empty.',
    ])
      expect(text).toContain(problem)
    expect(outputs()).toMatchObject({
      verdict: 'error',
      reason: 'input',
      weights: '',
      observed: '',
      connections: '',
    })
  })

  test('masks the token and its base64 form before it prints anything else, and never prints the token', async () => {
    const { main } = stepWith({ subset: 'v2', weight: '20', mode: 'plan' })
    const { text } = await main().ended
    expect(text.indexOf('::add-mask::admin-token')).toBe(0)
    expect(text.replaceAll('::add-mask::admin-token', '')).not.toContain('admin-token')
    const lines = text.split('\n')
    const masks = lines.slice(
      0,
      lines.findIndex((line) => !line.startsWith('::add-mask::')),
    )
    expect(masks).toContain(`::add-mask::${Buffer.from('admin-token').toString('base64')}`)
  })

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'restores the previous weights on %s',
    async (signal) => {
      const before = routeText(sandbox)
      const { main, outputs } = stepWith({ subset: 'v2', weight: '20', rate: '5' })
      const running = main()
      await running.line(/Written at/)
      running.process.kill(signal)
      expect(await running.ended).toMatchObject({ status: 1 })
      expect(outputs()).toMatchObject({
        verdict: 'error',
        reason: 'cancelled',
        'rolled-back': 'true',
      })
      expect(routeText(sandbox)).toBe(before)
    },
  )
})

describe('the post step', () => {
  test('restores the previous weights if the run was killed after its write', async () => {
    const before = routeText(sandbox)
    const { main, post } = stepWith({ subset: 'v2', weight: '20', rate: '5' })
    const running = main()
    await running.line(/Written at/)
    running.process.kill('SIGKILL')
    await running.ended
    expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
    const { status, text } = await post().ended
    expect(status).toBe(0)
    expect(text).toContain('demo/tcp-echo has its previous weights again')
    expect(routeText(sandbox)).toBe(before)
  })

  test('makes a write of the killed run that is still in transit fail', async () => {
    const before = routeText(sandbox)
    const { main, post } = stepWith({ subset: 'v2', weight: '20' })
    const arrived = gate()
    const go = gate()
    const answered = gate<number | undefined>()
    const act = hooks({
      before: async () => {
        arrived.open()
        await go.reached
      },
      after: (_, response) => answered.open(response?.status),
    })
    await sandbox.faults.api({ match: { method: 'PATCH', dryRun: false }, times: 1, act })
    const running = main()
    await arrived.reached
    running.process.kill('SIGKILL')
    await running.ended
    const { text } = await post().ended
    go.open()
    expect(await answered.reached).toBe(409)
    expect(text).toContain('has no journal of the killed run')
    expect(routeText(sandbox)).toBe(before)
    expect(hasJournal(sandbox)).toBe(false)
  })

  test('warns of a late write if it cannot change the version of the object', async () => {
    const { main, post } = stepWith({ subset: 'v2', weight: '20' })
    const arrived = gate()
    const act: Act = async () => {
      arrived.open()
      return { kind: 'hang' }
    }
    await sandbox.faults.api({ match: { method: 'PATCH', dryRun: false }, times: 1, act })
    const running = main()
    await arrived.reached
    running.process.kill('SIGKILL')
    await running.ended
    const denied = deniedBy('weights.example.com', 'not on a Friday')
    const refused = gate()
    const deniedAndTold: Act = async (...call) => {
      refused.open()
      return denied(...call)
    }
    await sandbox.faults.api({ match: { method: 'PATCH' }, act: deniedAndTold })
    const posting = post()
    await refused.reached
    // It would try for a minute; a signal leaves it 6 s.
    posting.process.kill('SIGINT')
    const { status, text } = await posting.ended
    expect(status).toBe(0)
    expect(text).toContain('::warning title=')
    expect(text).toContain('may be stored')
    expect(text).not.toContain('will be refused')
  })

  test('refuses a kubeconfig that names another server than the run used', async () => {
    const { main, post } = stepWith({ subset: 'v2', weight: '20', rate: '5' })
    const running = main()
    await running.line(/Written at/)
    running.process.kill('SIGKILL')
    await running.ended
    const other = await startSandbox()
    const { status, text } = await post({ kubeconfig: other.kubeconfig }).ended
    expect(status).toBe(1)
    expect(text).toContain(
      `kubeconfig now names the server ${other.server}, but the run wrote to ${sandbox.server}.`,
    )
    expect(other.calls).toEqual([])
    expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
    await other.stop()
  })
})

describe('the built action with a journal on the object', () => {
  test('shows it in mode status without failing the step, and restores the weights in mode rollback', async () => {
    const before = routeText(sandbox)
    interruptRun(sandbox, Date.now())
    const status = stepWith({ mode: 'status', expect: '' })
    expect(await status.main().ended).toMatchObject({ status: 0 })
    expect(status.outputs()).toMatchObject({
      verdict: 'in-progress',
      reason: 'journal',
      weights: expect.stringContaining('"v1":'),
    })
    expect(status.summary()).toMatch(/^## ⏳ demo\/tcp-echo: a run is in progress/)
    status.remove()
    const rollback = stepWith({ mode: 'rollback', expect: '' })
    expect(await rollback.main().ended).toMatchObject({ status: 0 })
    expect(rollback.outputs()).toMatchObject({
      verdict: 'restored',
      reason: 'restored',
      'rolled-back': 'true',
    })
    expect(rollback.summary()).toMatch(/^## ↩️ demo\/tcp-echo: /)
    expect(await rollback.post().ended).toMatchObject({ status: 0, text: '' })
    expect(routeText(sandbox)).toBe(before)
  })
})
