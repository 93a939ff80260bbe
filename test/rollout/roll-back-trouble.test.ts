import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { changed } from '../../kit/run/edited-answers.ts'
import { holdTime } from '../../kit/run/held-time.ts'
import { interruptRun, ROLLBACK, STATUS } from '../../kit/run/interrupted.ts'
import { hasJournal, ROUTE, routeText, weightsOn, writes } from '../../kit/run/object.ts'
import { runOn } from '../../kit/run/run.ts'
import { respond } from '../../sandbox/faults/api-acts.ts'
import type { Act } from '../../sandbox/faults/api-fault.ts'
import type { Json } from '../../sandbox/objects/json.ts'
import { listAt } from '../../sandbox/objects/json.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'

const NOW_MS = Date.UTC(2026, 0, 1)
const WRITES = { method: 'PATCH', dryRun: false }
const SHIFT = { subset: 'v2', weight: '50', proxies: 'off' }
const READS = { method: 'GET', path: /virtualservices\/tcp-echo/ }

let sandbox: Sandbox
let before: string
let original: Json
beforeEach(async () => {
  sandbox = await startSandbox({ weights: { v1: 80, v2: 20 }, now: () => new Date(NOW_MS) })
  before = routeText(sandbox)
  original = structuredClone(sandbox.objects.get(ROUTE)) as unknown as Json
})
afterEach(() => sandbox.stop())

/** Reads are answered as by a mirror that has not seen the run yet. */
function staleReads(times?: number) {
  const fault = { match: READS, act: respond(200, { body: original }) }
  return sandbox.faults.api(times === undefined ? fault : { ...fault, times })
}

describe('a rollback whose reads are answered by a stale mirror', () => {
  test('restores the weights, as a dry run shows the journal', async () => {
    interruptRun(sandbox, NOW_MS)
    await staleReads(2)
    const { outcome } = await runOn(sandbox, ROLLBACK)
    expect(outcome).toMatchObject({ verdict: 'restored', reason: 'restored' })
    expect(routeText(sandbox)).toBe(before)
  })

  test('warns that a read without a journal is not confirmed where the dry run is refused', async () => {
    await sandbox.faults.api({ match: { dryRun: true }, act: respond(403, {}) })
    const { outcome, log } = await runOn(sandbox, ROLLBACK)
    expect(outcome.reason).toBe('nothing-to-restore')
    expect(log).toContain(
      "Whether the API server's answer about demo/tcp-echo was current could not be confirmed by a dry run",
    )
  })
})

describe('a single wrong answer to a read', () => {
  test.each([
    ['rollback', ROLLBACK, 'restored'],
    ['status', STATUS, 'journal'],
  ])('with another uid does not end a %s', async (_, inputs, reason) => {
    interruptRun(sandbox, NOW_MS)
    const act = changed(({ metadata }) => Object.assign(Object(metadata), { uid: 'another' }))
    await sandbox.faults.api({ match: READS, times: 1, act })
    const { outcome } = await runOn(sandbox, inputs)
    expect(outcome.reason).toBe(reason)
    expect(outcome.message).not.toContain('journal of another object')
  })

  test('with another name does not end a rollback', async () => {
    interruptRun(sandbox, NOW_MS)
    const act = changed(({ metadata }) => Object.assign(Object(metadata), { name: 'another' }))
    await sandbox.faults.api({ match: READS, times: 1, act })
    const { outcome } = await runOn(sandbox, ROLLBACK)
    expect(outcome.reason).toBe('restored')
  })
})

describe('a rollback of an object that somebody applies server-side', () => {
  test('warns that the fields stay with this tool, with the command that takes them back', async () => {
    interruptRun(sandbox, NOW_MS)
    const applied = {
      manager: 'gitops',
      operation: 'Apply',
      apiVersion: 'v1',
      fieldsV1: { 'f:a': {} },
    }
    const act = changed(({ metadata }) =>
      Object.assign(Object(metadata), { managedFields: [applied] }),
    )
    await sandbox.faults.api({ match: WRITES, act })
    const { outcome, log } = await runOn(sandbox, ROLLBACK)
    expect(outcome.reason).toBe('restored')
    expect(log).toContain(
      'The previous weights of tcp-echo are restored, but the field manager istio-traffic-shift still owns its destinations.',
    )
    expect(log).toContain(
      "kubectl --context 'sandbox' apply --server-side --force-conflicts --filename FILE",
    )
  })
})

describe('a run whose own time is up', () => {
  test.each([
    ['rollback', 'while the object is read', ROLLBACK, READS],
    ['rollback', 'while the read is confirmed', ROLLBACK, { dryRun: true }],
    ['status', 'while the object is read', STATUS, READS],
    ['shift', 'while the object is read', SHIFT, READS],
    ['shift', 'while the write is tried', SHIFT, { dryRun: true }],
  ])('says so in mode %s %s, and not that the API server cannot be reached', async (...row) => {
    const [, , inputs, match] = row
    const time = holdTime()
    // The answer never comes, and the time is over once it is waited for.
    const act: Act = async () => {
      time.endNext()
      return { kind: 'hang' }
    }
    await sandbox.faults.api({ match, act })
    const { outcome } = await runOn(sandbox, { ...inputs, timeout: '30s' }, time)
    expect(outcome).toMatchObject({
      verdict: 'inconclusive',
      reason: 'limit-reached',
      code: 'ITS-TIME-UP',
      wrote: false,
    })
    expect(outcome.message).toContain('The time limit of the run (timeout) was over before')
    expect(outcome.remedy).toMatch(/^Raise timeout\./)
  })
})

test('status names the weights from before a run, and how to restore them, where a rollback would not', async () => {
  interruptRun(sandbox, NOW_MS)
  sandbox.objects.patch(ROUTE, {
    spec: { tcp: structuredClone(listAt(original, 'spec', 'tcp')) },
  })
  const { outcome } = await runOn(sandbox, STATUS)
  expect(outcome.remedy).toContain('Before that run they were v1 80%, v2 20%.')
  expect(outcome.remedy).toContain('To restore v1 80%, v2 20% anyway:\n  kubectl ')
  expect(hasJournal(sandbox)).toBe(true)
  expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
  expect(writes(sandbox)).toEqual([])
})
