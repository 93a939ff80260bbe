import { expect, onTestFinished, test } from 'vitest'
import { recordOf, STARTED, someAttempt, someCheck, someOutcome } from '../../kit/report/run.ts'
import { runOn } from '../../kit/run/run.ts'
import { startSandbox } from '../../sandbox/sandbox.ts'
import { countedOf, countedText } from '../../src/report/facts/counted.ts'
import { reportOf } from '../../src/report/json/report-json.ts'
import { pageOf } from '../../src/report/page/page.ts'
import { summaryOf } from '../../src/report/summary/summary.ts'
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
  const { outcome, record, log } = await runOn(sandbox, inputs)
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
  const further = check?.furtherSamples ?? 0
  const parts = `${check?.samples} connections count: ${inAttempts} until the decision, and ${further} after it, only to find its cause.`
  expect(summaryOf(record, outcome)).toContain(parts)
  expect(pageOf(record, outcome)).toContain(parts)
  expect(log).toContain(`After the decision: ${further} connection`)
})

test('the connections of a check with many attempts are those listed, those left out and those after the decision', () => {
  const attempts = [1, 2, 9].map((number) =>
    someAttempt({ number, samples: 100, unclassified: 0, counts: [80, 20] }),
  )
  const check = someCheck({
    attempts,
    attemptsLeftOut: 6,
    leftOut: { counts: [470, 120], unclassified: 10 },
    further: { counts: [30, 10], unclassified: 0 },
    ended: 'off-target',
  })
  const outcome = someOutcome({ checks: [check] })
  const record = recordOf([STARTED, { kind: 'finished', outcome }])
  const { checks } = reportOf(record, outcome) as { checks: Record<string, unknown>[] }
  expect(checks[0]).toMatchObject({
    samples: 300 + 600 + 40,
    samplesLeftOut: 600,
    furtherSamples: 40,
    attemptsLeftOut: 6,
  })
  expect(pageOf(record, outcome)).toMatch(/6 more<\/td>\s*<td[^>]*>600<\/td>\s*<td[^>]*>10</)
})

test('the connections of a gateway that switched late are separate from those that count', () => {
  const attempts = [
    someAttempt({ number: 1, samples: 400, unclassified: 0, counts: [400, 0] }),
    someAttempt({ number: 2, samples: 400, unclassified: 0, counts: [320, 80] }),
  ]
  expect(countedText(countedOf(someCheck({ attempts }), 0.01))).toBe(
    '400 connections of earlier attempts do not count, because the split was different then.',
  )
  const [, last = someAttempt()] = attempts
  expect(countedText(countedOf(someCheck({ attempts: [last] }), 0.01))).toBe('')
})
