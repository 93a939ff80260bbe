import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { interruptRun, ROLLBACK, STATUS } from '../../kit/run/interrupted.ts'
import { writes } from '../../kit/run/object.ts'
import { runOn } from '../../kit/run/run.ts'
import { hooks, respond } from '../../sandbox/faults/api-acts.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { summaryOf } from '../../src/report/summary/summary.ts'

const NOW_MS = Date.UTC(2026, 0, 1)
const SHIFT = { subset: 'v2', weight: '50' }
const STAYS = /Nothing was written\.\nProduction now: v1 80%, v2 20%, unchanged\.\n/

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox({ weights: { v1: 80, v2: 20 }, now: () => new Date(NOW_MS) })
})
afterEach(() => sandbox.stop())

const FAILS_PREFLIGHT = { match: { path: /\/gateways\// }, act: respond(400) }

describe('an end without a write', () => {
  test('says in log and summary that nothing was written and what the weights are, after a failed preflight', async () => {
    await sandbox.faults.api(FAILS_PREFLIGHT)
    const { outcome, record, lines } = await runOn(sandbox, SHIFT)
    expect(lines.at(-1)).toMatchObject({ level: 'error', text: expect.stringMatching(STAYS) })
    expect(summaryOf(record, outcome)).toContain('Production now: v1 80%, v2 20%, unchanged.')
    expect(writes(sandbox)).toEqual([])
  })

  test('says so after a cancel in preflight', async () => {
    const cancel = new AbortController()
    const act = hooks({ before: () => cancel.abort() })
    await sandbox.faults.api({ match: { path: /\/gateways\// }, act })
    const { outcome, lines } = await runOn(sandbox, SHIFT, { cancelled: cancel.signal })
    expect(outcome.reason).toBe('cancelled')
    expect(lines.at(-1)?.text).toMatch(STAYS)
  })

  test('says so for weights that lack a destination of the rule', async () => {
    const { outcome, lines } = await runOn(sandbox, {
      weights: '{v1: 100}',
      expect: '{v1: "^one"}',
    })
    expect(outcome.reason).toBe('input')
    expect(lines.at(-1)?.text).toMatch(STAYS)
  })

  test('names the weights that the other run wrote, where that run was faster', async () => {
    const act = hooks({ before: () => interruptRun(sandbox, NOW_MS) })
    await sandbox.faults.api({ match: { method: 'PATCH', dryRun: true }, times: 1, act })
    const { outcome, lines } = await runOn(sandbox, SHIFT)
    expect(outcome.reason).toBe('locked')
    expect(outcome.message).toContain('Nothing was written.')
    expect(lines.at(-1)?.text).toMatch(/^Production now: v1 50%, v2 50%\. Another/m)
    expect(lines.at(-1)?.text.match(/Nothing was written/g)).toHaveLength(1)
  })

  test('names the weights where another run was there from the start', async () => {
    interruptRun(sandbox, NOW_MS)
    const { outcome, lines } = await runOn(sandbox, SHIFT)
    expect(outcome).toMatchObject({ reason: 'locked', weights: { v1: 50, v2: 50 } })
    expect(lines.at(-1)?.text).toMatch(/^Production now: v1 50%, v2 50%\. Another/m)
    expect(lines.at(-1)?.text.match(/Nothing was written/g)).toHaveLength(1)
  })

  test.each([
    ['rollback', ROLLBACK],
    ['status', STATUS],
    ['shift', SHIFT],
  ])('says only that nothing was written where %s could not read the object', async (_, inputs) => {
    await sandbox.faults.api({ match: { path: /virtualservices/ }, act: respond(403, {}) })
    const { outcome, lines } = await runOn(sandbox, inputs)
    expect(outcome.reason).toBe('access')
    expect(lines.at(-1)?.text).toMatch(/Nothing was written\.\nProduction was not changed\.\n/)
  })

  test('says so for inputs that are wrong by themselves', async () => {
    const { lines } = await runOn(sandbox, { ...SHIFT, weight: '101' })
    expect(lines.at(-1)?.text).toMatch(/Nothing was written\.\nProduction was not changed\.\n/)
  })
})

describe('an end after a write', () => {
  test('does not say that nothing was written where only an interrupted run was undone', async () => {
    interruptRun(sandbox, NOW_MS, { expires: new Date(NOW_MS - 1).toISOString() })
    await sandbox.faults.api(FAILS_PREFLIGHT)
    const { outcome, log, lines } = await runOn(sandbox, SHIFT)
    expect(outcome.reason).toBe('cluster')
    expect(log).not.toContain('Nothing was written')
    expect(lines.at(-1)?.text).toMatch(/^Production now: v1 80%, v2 20%, /m)
  })
})
