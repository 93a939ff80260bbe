import { describe, expect, test } from 'vitest'
import { runOn } from '../../kit/run/run.ts'
import { startStep } from '../../kit/run/step.ts'
import { hangs } from '../../sandbox/faults/api-acts.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'

const HANGS = { act: hangs() }

/** A run against an API server that hangs for good from a moment on, with how long it went on from there. */
async function hangingFrom(
  moment: RegExp,
  inputs: Readonly<Record<string, string>>,
  cancel?: AbortController,
) {
  const sandbox = await startSandbox({ proxies: true, weights: { v1: 80, v2: 20 } })
  let fromMs = 0
  const result = await runOn(
    sandbox,
    { subset: 'v2', weight: '50', rate: '20', ...inputs },
    {
      ...(cancel ? { cancelled: cancel.signal } : {}),
      onLine(text) {
        if (fromMs > 0 || !moment.test(text)) return
        void sandbox.faults.api(HANGS)
        fromMs = performance.now()
        cancel?.abort()
      },
    },
  )
  const tookMs = performance.now() - fromMs
  await sandbox.stop()
  return { ...result, tookMs }
}

/** What a busy machine adds to limits that are kept. */
const BUSY_MS = 4000

/** Real seconds, all at once. */
describe.concurrent('fault 5: where the API server hangs for good', () => {
  test('a run ends with its time and the reserve of a rollback', async () => {
    // Half of it is for preflight checks, so that a busy machine gets to the write.
    const { outcome, record } = await hangingFrom(/^Written/, {
      timeout: '14s',
      rate: '100',
      connections: '10000',
    })
    expect(outcome).toMatchObject({ verdict: 'error', reason: 'rollback-failed' })
    expect(record.tookMs).toBeLessThan(14_000 + 7000 + BUSY_MS)
  })

  test.each([
    ['in its work', /^Written/, {}],
    ['in its rollback', /^Restore v1/, { connections: '1', 'propagation-timeout': '0s' }],
    ['before its write', /^Dry run/, {}],
  ])('a run that is cancelled %s ends within 7.5 s', async (_, moment, inputs) => {
    const cancel = new AbortController()
    const { outcome, tookMs } = await hangingFrom(moment, inputs, cancel)
    expect(outcome.verdict).toBe('error')
    expect(tookMs).toBeLessThan(7500)
  })

  test('the built action is gone 7.5 s after SIGINT, its outputs and summary written, and post does not say that it was killed', async () => {
    const sandbox: Sandbox = await startSandbox({ proxies: true, weights: { v1: 80, v2: 20 } })
    const { kubeconfig, faults } = sandbox
    const step = startStep({ kubeconfig, subset: 'v2', weight: '50', rate: '5' })
    const main = step.main()
    await main.line(/Written at/)
    await faults.api(HANGS)
    const atMs = performance.now()
    main.process.kill('SIGINT')
    expect(await main.ended).toMatchObject({ status: 1 })
    expect(performance.now() - atMs).toBeLessThan(7500)
    expect(step.outputs()).toMatchObject({ verdict: 'error', reason: 'rollback-failed' })
    expect(step.summary()).toContain('kubectl')
    const post = step.post()
    await post.line(/ended without releasing its object\. Checking its weights/)
    post.process.kill('SIGINT')
    const { text } = await post.ended
    expect(text).toContain('demo/tcp-echo may still have the weights of the run.')
    expect(`${text}${step.summary()}`).not.toContain('killed')
    step.remove()
    await sandbox.stop()
  })
})
