import { expect, test } from 'vitest'
import { oldProxy, someProxies } from '../../../kit/report/proxies.ts'
import { someCheck, someOutcome } from '../../../kit/report/run.ts'
import { startRedacting } from '../../../src/report/redact/redact.ts'
import { redactedEvent } from '../../../src/report/redact/redacted-event.ts'
import type { RunEvent } from '../../../src/rollout/model/events.ts'

const SECRET = 'the-token'
const redactor = startRedacting()
redactor.add(SECRET)

const CALL = { method: 'GET', startedMs: 1, tookMs: 2 }

test.each<[string, RunEvent]>([
  [
    'a finding and what to do about it',
    {
      kind: 'finding',
      finding: {
        severity: 'warning',
        code: 'ITS-NO-READY-ENDPOINTS',
        reason: 'preflight',
        what: SECRET,
        remedy: SECRET,
      },
    },
  ],
  [
    'what is said of proxies',
    {
      kind: 'finished',
      outcome: someOutcome({
        checks: [
          someCheck({
            proxies: someProxies([oldProxy('n/a', { why: SECRET })], {
              status: 'guarded',
              why: SECRET,
            }),
          }),
        ],
      }),
    },
  ],
  [
    'a diff',
    {
      kind: 'would-change',
      diff: `+ ${SECRET}`,
      cost: { connectionsMean: 1, connectionsMost: 2, connectingMs: 3, pausesMs: 0 },
      confidencePercent: 99,
    },
  ],
  [
    'the path of a call, and why it had no answer',
    { kind: 'api-call', call: { ...CALL, path: `/${SECRET}`, outcome: `no ${SECRET}` } },
  ],
])('%s hold no secret when the record cuts them', (_, event) => {
  expect(JSON.stringify(event)).toContain(SECRET)
  expect(JSON.stringify(redactedEvent(event, redactor.redact))).not.toContain(SECRET)
})

test('the status of a call, and events without such texts, stay what they are', () => {
  const call: RunEvent = { kind: 'api-call', call: { ...CALL, path: '/a', outcome: 200 } }
  expect(redactedEvent(call, redactor.redact)).toEqual(call)
  const removed: RunEvent = { kind: 'journal-removed' }
  expect(redactedEvent(removed, redactor.redact)).toBe(removed)
})
