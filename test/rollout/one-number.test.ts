import { expect, onTestFinished, test } from 'vitest'
import { someAttempt, someCheck, someOutcome } from '../../kit/report/run.ts'
import { runOn } from '../../kit/run/run.ts'
import { startSandbox } from '../../sandbox/sandbox.ts'
import { countedOf } from '../../src/report/facts/counted.ts'
import { reportOf } from '../../src/report/json/report-json.ts'
import { passText } from '../../src/rollout/pass-text.ts'

test('the message of a pass at its second attempt has the connections that the summary has', () => {
  const attempts = [
    someAttempt({ number: 1, samples: 400, unclassified: 0, counts: [320, 80] }),
    someAttempt({ number: 2, samples: 410, unclassified: 10, counts: [320, 80] }),
  ]
  const check = someCheck({ attempts })
  const { checks } = someOutcome({ checks: [check] })
  const plan = {
    object: { namespace: 'demo', name: 'tcp-echo' },
    edit: { presentShares: [1, 0] },
    shifted: 1,
    write: {},
  } as unknown as Parameters<typeof passText>[1]
  const asked = { mode: 'shift', confidencePercent: 99, wrote: true } as const
  expect(countedOf(check, 0.01).samples).toBe(810)
  expect(passText(asked, plan, checks)).toContain('Observed 20% of 810 connections;')
})

test('the connections of a failed check are those of its attempts and those after the decision', async () => {
  const sandbox = await startSandbox({ weights: { v1: 80, v2: 20 } })
  onTestFinished(() => sandbox.stop())
  const inputs = { mode: 'verify', weights: '{v1: 10, v2: 90}', 'propagation-timeout': '1s' }
  const { outcome, record } = await runOn(sandbox, inputs)
  const { checks } = reportOf(record, outcome) as {
    checks: {
      samples: number
      furtherSamples: number
      attempts: { superseded: boolean; samples: number }[]
    }[]
  }
  const [check] = checks
  const inAttempts = (check?.attempts ?? [])
    .filter(({ superseded }) => !superseded)
    .reduce((sum, { samples }) => sum + samples, 0)
  expect(check?.furtherSamples).toBeGreaterThan(0)
  expect(check?.samples).toBe(inAttempts + (check?.furtherSamples ?? 0))
  expect(outcome.message).toContain(`of ${check?.samples} connections`)
  expect(outcome.message).toContain(
    `Of these, ${check?.furtherSamples} connections were opened after the decision`,
  )
})
