import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { hasJournal, routeText, weightsOn } from '../../../kit/run/object.ts'
import { runOn } from '../../../kit/run/run.ts'
import { deniedBy, droppedAfter, hooks, respond } from '../../../sandbox/faults/api-acts.ts'
import type { ApiFault } from '../../../sandbox/faults/api-fault.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts'

let sandbox: Sandbox
let before: string
beforeEach(async () => {
  sandbox = await startSandbox({ weights: { v1: 80, v2: 20 } })
  before = routeText(sandbox)
})
afterEach(() => sandbox.stop())

/** A run that writes 50/50 and never passes. */
const FAILING = { subset: 'v2', weight: '50', connections: '1', 'propagation-timeout': '0s' }

const WRITE = { method: 'PATCH', dryRun: false }
const OBJECT = { path: /virtualservices\/tcp-echo/ }

/** Orders a fault when the first write is done and before its answer is sent. */
async function onceWritten(fault: ApiFault): Promise<void> {
  const after = async () => void (await sandbox.faults.api(fault))
  await sandbox.faults.api({ match: WRITE, times: 1, act: hooks({ after }) })
}

describe('a 404 that is no word of the API server on the object, but of a proxy before it', () => {
  const wrongServer = respond(404, { body: 'default backend - 404' })

  test('is no deleted object at a rollback, which goes on', async () => {
    await onceWritten({ match: OBJECT, times: 3, act: wrongServer })
    const { outcome } = await runOn(sandbox, FAILING)
    expect(outcome.rolledBack).toBe(true)
    expect(routeText(sandbox)).toBe(before)
  })

  test('is no deleted object at a look after a write whose answer was lost', async () => {
    const act = hooks({
      after: async () =>
        void (await sandbox.faults.api({ match: OBJECT, times: 2, act: wrongServer })),
    })
    await sandbox.faults.api({ match: WRITE, times: 1, act })
    await sandbox.faults.api({ match: WRITE, times: 1, act: droppedAfter() })
    const { outcome } = await runOn(sandbox, FAILING)
    expect(outcome.reason).not.toBe('changed-by-other')
    expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
    expect(hasJournal(sandbox)).toBe(false)
  })
})

test('a webhook that refuses the write as a conflict is no other writer: its message is reported', async () => {
  const act = deniedBy('policy.example.com', 'not now', { code: 409, reason: 'Conflict' })
  await sandbox.faults.api({ match: WRITE, act })
  const { outcome } = await runOn(sandbox, FAILING)
  expect(outcome).toMatchObject({ verdict: 'error', reason: 'cluster' })
  expect(outcome.message).toContain('not now')
})
