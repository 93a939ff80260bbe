import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { interruptRun } from '../../../kit/run/interrupted.ts'
import { weightsOn } from '../../../kit/run/object.ts'
import { runOn } from '../../../kit/run/run.ts'
import { respond } from '../../../sandbox/faults/api-acts.ts'
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts'
import { reportOf } from '../../../src/report/json/report-json.ts'
import { summaryOf } from '../../../src/report/summary/summary.ts'

const NOW_MS = Date.UTC(2026, 0, 1)
const ENDED = { expires: new Date(NOW_MS - 1000).toISOString() }
const RESTORED = 'The weights of an interrupted run were restored first: v1 80%, v2 20%.'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox({ weights: { v1: 80, v2: 20 }, now: () => new Date(NOW_MS) })
})
afterEach(() => sandbox.stop())

describe('a shift that restores the weights of an interrupted run first', () => {
  test('does not say that nothing was written, where the restored weights are those asked for', async () => {
    interruptRun(sandbox, NOW_MS, ENDED)
    await sandbox.applied()
    const { outcome, record, lines } = await runOn(sandbox, {
      subset: 'v2',
      weight: '20',
      tolerance: '15',
    })
    expect(outcome).toMatchObject({ verdict: 'pass', reason: 'unchanged' })
    expect(weightsOn(sandbox)).toEqual({ v1: 80, v2: 20 })
    expect(reportOf(record, outcome)).toMatchObject({
      nothingWritten: false,
      message: expect.stringContaining(RESTORED),
      previousWeights: { v1: 80, v2: 20 },
    })
    expect(outcome.message).not.toMatch(/Nothing was written|before the run/)
    expect(summaryOf(record, outcome)).toContain(RESTORED)
    expect(lines.at(-1)?.text).toContain(RESTORED)
  })

  test('says so in the last line and the summary, where its preflight fails', async () => {
    interruptRun(sandbox, NOW_MS, ENDED)
    await sandbox.faults.api({ match: { path: /\/gateways\// }, act: respond(400) })
    const { outcome, record, lines } = await runOn(sandbox, { subset: 'v2', weight: '30' })
    expect(outcome).toMatchObject({ verdict: 'error', weights: { v1: 80, v2: 20 } })
    expect(reportOf(record, outcome)).toMatchObject({ nothingWritten: false })
    for (const text of [summaryOf(record, outcome), lines.at(-1)?.text]) {
      expect(text).toContain(RESTORED)
      expect(text).toContain('Production now: v1 80%, v2 20%, not confirmed.')
    }
  })

  test('says so with the weights in force, where an input does not fit the object', async () => {
    interruptRun(sandbox, NOW_MS, ENDED)
    const { outcome, lines } = await runOn(sandbox, {
      weights: '{v1: 100}',
      expect: '{v1: "^one"}',
    })
    expect(outcome).toMatchObject({ reason: 'input', weights: { v1: 80, v2: 20 } })
    expect(lines.at(-1)?.text).toContain(RESTORED)
  })

  test('announces a rollback only of a run whose on-failure is rollback', async () => {
    interruptRun(sandbox, NOW_MS, { ...ENDED, onFailure: 'keep' })
    await sandbox.applied()
    const { outcome, lines } = await runOn(sandbox, { subset: 'v2', weight: '50', tolerance: '15' })
    const text = lines.map((line) => line.text).join('\n')
    expect(text).not.toContain('is rolled back first')
    expect(outcome.message).toContain(
      'The weights of an interrupted run stay, as its on-failure is keep: v1 50%, v2 50%.',
    )
  })
})
