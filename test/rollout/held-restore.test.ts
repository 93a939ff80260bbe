import { describe, expect, test } from 'vitest'
import { gate } from '../../kit/run/gate.ts'
import { hasJournal, routeText, weightsOn } from '../../kit/run/object.ts'
import { runOn } from '../../kit/run/run.ts'
import { delayed, deniedBy, heldUntil, hooks, respond } from '../../sandbox/faults/api-acts.ts'
import type { Act } from '../../sandbox/faults/api-fault.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { reportOf } from '../../src/report/json/report-json.ts'

/** A run that writes 50/50 and never passes. */
const FAILING = { subset: 'v2', weight: '50', connections: '1', 'propagation-timeout': '0s' }

const WRITE = { method: 'PATCH', dryRun: false }

/**
 * Runs, and cancels the run when it says that its restore does not get through: what it has from then
 * on does not depend on how busy this machine was until then.
 */
function runUntilRefused(sandbox: Sandbox, inputs: Readonly<Record<string, string>>) {
  const cancel = new AbortController()
  return runOn(sandbox, inputs, {
    cancelled: cancel.signal,
    onLine: (text) => TROUBLE.test(text) && cancel.abort(),
  })
}

const TROUBLE = /^The last write has not succeeded yet. Retrying until the time limit: /m

/** A failing run whose API server does as ordered as soon as the run has written. */
async function runInto(act: Act, inputs: Readonly<Record<string, string>> = {}) {
  const sandbox = await startSandbox({ weights: { v1: 80, v2: 20 } })
  const after = async () => void (await sandbox.faults.api({ match: WRITE, act }))
  await sandbox.faults.api({ match: WRITE, times: 1, act: hooks({ after }) })
  const result = await runUntilRefused(sandbox, { ...FAILING, ...inputs })
  const weights = weightsOn(sandbox)
  await sandbox.stop()
  return { ...result, weights, marked: hasJournal(sandbox) }
}

/** Real seconds, all at once. */
describe.concurrent('a restore that is refused until its time is up', () => {
  test('for its credentials leaves the commands that do it as its last words', async () => {
    const { outcome } = await runInto(respond(401))
    expect(outcome).toMatchObject({
      verdict: 'error',
      reason: 'rollback-failed',
      rolledBack: false,
    })
    expect(outcome.remedy).toMatch(
      /kubectl .* patch virtualservice 'tcp-echo' --type json --patch '.*"weight":80/,
    )
    expect(outcome.remedy).toMatch(
      /kubectl .* annotate virtualservice 'tcp-echo' 'istio-traffic-shift\/journal-'/,
    )
  })

  test('says at once that it is refused, and at the end how often it tried', async () => {
    const { outcome, log } = await runInto(deniedBy('policy.example.com', 'not on a Friday'))
    expect(log).toMatch(
      /The last write has not succeeded yet. Retrying until the time limit: .*not on a Friday/,
    )
    expect(outcome.message).toMatch(/not on a Friday \(attempt \d+\)/)
  })

  test.each([401, 403])(
    'says why in the same words while it tries, in its last line and in the report: %d',
    async (status) => {
      const { outcome, log, record } = await runInto(respond(status))
      const [, why = ''] = /Retrying until the time limit: (.*)/.exec(log) ?? []
      expect(why).toContain(String(status))
      // A sentence may begin with it.
      const words = why.slice(1)
      expect(log.split(words).length).toBeGreaterThanOrEqual(3)
      expect(outcome.message).toContain(words)
      expect(reportOf(record, outcome)).toMatchObject({
        message: expect.stringContaining(words),
      })
    },
  )

  test('names the first refusal too where the last one is another', async () => {
    let count = 0
    const act: Act = (request, handle, signal) =>
      (count++ === 0 ? respond(403) : respond(422))(request, handle, signal)
    const { outcome } = await runInto(act)
    expect(outcome.message).toContain('The API server answered 422')
    expect(outcome.message).toMatch(/the first one ended with .*\(403\)/)
  })

  test('where weights are to be kept leaves the command that removes the journal', async () => {
    const { outcome, weights } = await runInto(respond(403), { 'on-failure': 'keep' })
    expect(outcome.reason).toBe('rollback-failed')
    expect(outcome.message).toContain(
      'demo/tcp-echo keeps the weights of this run, but the journal of this run could not be removed.',
    )
    expect(outcome.remedy).not.toContain('"weight"')
    expect(weights).toEqual({ v1: 50, v2: 50 })
  })

  test('as it would move connections to Pods that failed in mid-run leaves the weights of the run', async () => {
    const { sandbox, fail } = await withLateFailures()
    const fails = async () => void (await fail('v1'))
    await sandbox.faults.api({ match: WRITE, times: 1, act: hooks({ after: fails }) })
    const { outcome } = await runUntilRefused(sandbox, FAILING)
    expect(outcome).toMatchObject({ reason: 'rollback-failed', rolledBack: false })
    expect(outcome.message).toContain('v1 has no ready endpoints any more')
    expect(weightsOn(sandbox)).toEqual({ v1: 50, v2: 50 })
    expect(hasJournal(sandbox)).toBe(true)
    await sandbox.stop()
  })
})

describe.concurrent('a restore through an API server', () => {
  test('that is slow has the patience that it takes', async () => {
    const sandbox = await startSandbox({ weights: { v1: 80, v2: 20 } })
    const before = routeText(sandbox)
    const act: Act = (request, handle, signal) => {
      const calls = sandbox.calls.length
      // Like the real one it drops what no client waits for: here, when the client has gone on.
      const unlessLeft = () =>
        sandbox.calls.length > calls ? Promise.resolve({ kind: 'drop' as const }) : handle()
      return delayed(3500)(request, unlessLeft, signal)
    }
    const after = async () => void (await sandbox.faults.api({ match: WRITE, act }))
    await sandbox.faults.api({ match: WRITE, times: 1, act: hooks({ after }) })
    const { outcome } = await runOn(sandbox, FAILING)
    expect(outcome.rolledBack).toBe(true)
    expect(routeText(sandbox)).toBe(before)
    await sandbox.stop()
  })

  test('that answers nothing but 503 says what kept it, not that the time ran out', async () => {
    const sandbox = await startSandbox({ weights: { v1: 80, v2: 20 } })
    const act = respond(503, { body: 'etcd has no leader' })
    const after = async () => void (await sandbox.faults.api({ act }))
    await sandbox.faults.api({ match: WRITE, times: 1, act: hooks({ after }) })
    const cancel = new AbortController()
    const { outcome } = await runOn(sandbox, FAILING, {
      cancelled: cancel.signal,
      onLine: (text) => (/^Written/.test(text) ? cancel.abort() : undefined),
    })
    expect(outcome.reason).toBe('rollback-failed')
    expect(outcome.message).toContain('etcd has no leader')
    await sandbox.stop()
  })

  test('that refuses the fence leaves a lost write that may land yet, which is said and left to post', async () => {
    const sandbox = await startSandbox({ weights: { v1: 80, v2: 20 } })
    const late = gate()
    const cancel = new AbortController()
    // The write is lost on its way; from then on the rights are gone.
    const act: Act = async (request, handle, signal) => {
      await sandbox.faults.api({ match: WRITE, act: respond(403) })
      cancel.abort()
      return heldUntil(late.reached)(request, handle, signal)
    }
    await sandbox.faults.api({ match: WRITE, times: 1, act })
    const { outcome } = await runOn(sandbox, FAILING, { cancelled: cancel.signal })
    late.open()
    expect(outcome).toMatchObject({
      verdict: 'error',
      reason: 'rollback-failed',
      weights: undefined,
    })
    expect(outcome.message).toContain('A write of this run got no answer and may still be stored')
    await sandbox.stop()
  })
})

describe.concurrent('a restore to Pods that are not ready', () => {
  test('comes as soon as one of them is', async () => {
    const { sandbox, fail } = await withLateFailures()
    const before = routeText(sandbox)
    const fails = async () => {
      const order = await fail('v1')
      const looked = { method: 'GET', path: /\/pods\?/, nth: 3 }
      await sandbox.faults.api({ match: looked, act: hooks({ before: () => order.clear() }) })
    }
    await sandbox.faults.api({ match: WRITE, times: 1, act: hooks({ after: fails }) })
    const { outcome } = await runOn(sandbox, FAILING)
    expect(outcome.rolledBack).toBe(true)
    expect(routeText(sandbox)).toBe(before)
    await sandbox.stop()
  })

  test('comes at once where they answered in this run, ready or not', async () => {
    const sandbox = await startSandbox({ weights: { v1: 50, v2: 50 } })
    const before = routeText(sandbox)
    await sandbox.faults.destination('v2', { kind: 'not-ready', routed: true })
    const { outcome } = await runOn(sandbox, { ...FAILING, weight: '20' })
    expect(outcome.rolledBack).toBe(true)
    expect(routeText(sandbox)).toBe(before)
    await sandbox.stop()
  })

  test('comes at once where the version that the run moved to does not answer either', async () => {
    const { sandbox, fail } = await withLateFailures()
    const before = routeText(sandbox)
    const bothFail = async () => {
      await fail('v1')
      await fail('v2')
    }
    await sandbox.faults.api({ match: WRITE, times: 1, act: hooks({ after: bothFail }) })
    const { outcome } = await runOn(sandbox, FAILING)
    expect(outcome.rolledBack).toBe(true)
    expect(routeText(sandbox)).toBe(before)
    await sandbox.stop()
  })

  test('comes at once where this cluster has none of its Pods', async () => {
    const sandbox = await startSandbox({ weights: { v1: 80, v2: 20 } })
    const before = routeText(sandbox)
    const pod = { group: '', resource: 'pods', namespace: 'demo', name: 'tcp-echo-v1-0' }
    const leaves = () => void sandbox.objects.delete(pod)
    await sandbox.faults.api({ match: WRITE, times: 1, act: hooks({ after: leaves }) })
    const { outcome } = await runOn(sandbox, FAILING)
    expect(outcome.rolledBack).toBe(true)
    expect(routeText(sandbox)).toBe(before)
    await sandbox.stop()
  })
})

/**
 * A sandbox at 80/20, and what makes Pods of it fail a while after all that the run has seen: times
 * are in whole seconds, and the run is faster than that.
 */
async function withLateFailures() {
  let aheadMs = 0
  const now = () => new Date(Date.now() + aheadMs)
  const sandbox = await startSandbox({ weights: { v1: 80, v2: 20 }, now })
  const fail = async (version: string) => {
    aheadMs = 5000
    const order = await sandbox.faults.destination(version, { kind: 'not-ready' })
    aheadMs = 0
    return order
  }
  return { sandbox, fail }
}
