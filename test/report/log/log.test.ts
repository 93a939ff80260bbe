import { describe, expect, test } from 'vitest'
import { someWatch } from '../../../kit/report/health.ts'
import { allLines } from '../../../kit/report/logged.ts'
import { SOME_START, STARTED, someAttempt, someCheck, somePlan } from '../../../kit/report/run.ts'
import { someHealth, worse } from '../../../kit/split/health.ts'
import { openingLines } from '../../../src/report/log/log.ts'
import { startRecord } from '../../../src/report/record.ts'
import type { RunEvent } from '../../../src/rollout/model/events.ts'

/** The same without the groups that they are in. */
function lines(...events: RunEvent[]): string[] {
  return allLines(...events).filter((line) => !line.startsWith('group'))
}

const DISTURBS =
  'info: Each write of new weights closes the connections that were open before, once the gateway has drained its old listener (45 s by default).'
const COST = 'The check takes about 855 connections, 2,400 at most.'

test('the first line of a run names the version, the time and who started it', () => {
  const { record } = startRecord(SOME_START, () => 0)
  expect(openingLines(record)).toEqual([
    {
      level: 'info',
      text: 'istio-traffic-shift 1.2.3. Started 2026-11-26 11:02:00 UTC by https://ci.example/run/7.',
    },
  ])
})

describe('a line says', () => {
  test('which object on which server is meant, before anything else', () => {
    expect(lines(STARTED)).toEqual([
      'info: VirtualService demo/tcp-echo on https://mesh.example:6443 (context prod).',
    ])
  })

  test('where Services and Pods are, where that is another server', () => {
    const event: RunEvent = {
      kind: 'started',
      objectKind: 'VirtualService',
      server: 'https://mesh',
      context: 'prod',
      object: 'demo/tcp-echo',
      workloadsServer: 'https://apps',
    }
    expect(lines(event)[1]).toBe('info: Services and Pods on https://apps.')
  })

  test('what is planned, what it takes and what it does to open connections', () => {
    expect(lines({ kind: 'planned', plan: somePlan() })).toEqual([
      `info: Rule tcp:31400: v1 100% -> v1 80%, v2 20% (adds v2). ${COST}`,
      DISTURBS,
    ])
  })

  test('every step that is planned', () => {
    const steps = [
      { v1: 90, v2: 10 },
      { v1: 80, v2: 20 },
    ]
    const checks = [someCheck(), someCheck()]
    const [line] = lines({
      kind: 'planned',
      plan: somePlan({ steps, checks, added: undefined }),
    })
    expect(line).toBe(
      'info: Rule tcp:31400: v1 100%, v2 0% -> v1 90%, v2 10% -> v1 80%, v2 20%. The first check takes about 855 connections, 2,400 at most.',
    )
  })

  test('the steps that are skipped, whether or not something has to be written', () => {
    const skipped = [5, 10]
    const line =
      'info: Skipped steps: 5%, 10%. They are not between the weight in force at that point and the final weight.'
    expect(lines({ kind: 'planned', plan: somePlan({ skipped }) })[1]).toBe(line)
    expect(lines({ kind: 'planned', plan: somePlan({ skipped, unchanged: true }) })[1]).toBe(line)
  })

  test('that nothing has to be written', () => {
    expect(lines({ kind: 'planned', plan: somePlan({ unchanged: true }) })).toEqual([
      `info: Rule tcp:31400: confirm v1 80%, v2 20%. Nothing needs to be written. ${COST}`,
    ])
  })

  test.each<[string, RunEvent, string[]]>([
    [
      'a warning, what to do about it and where it is explained',
      {
        kind: 'finding',
        finding: {
          severity: 'warning',
          code: 'ITS-NO-READY-ENDPOINTS',
          reason: 'preflight',
          what: 'odd',
          remedy: 'Do:\n  this',
        },
      },
      [
        'warning: odd\nDo:\n  this\nMore: docs/errors.md#its-no-ready-endpoints [ITS-NO-READY-ENDPOINTS]',
      ],
    ],
    [
      'nothing of an error, which is in the last line',
      {
        kind: 'finding',
        finding: {
          severity: 'error',
          code: 'ITS-FORBIDDEN',
          reason: 'access',
          what: 'no',
          remedy: '',
        },
      },
      [],
    ],
    [
      'where the gateway is',
      { kind: 'endpoint', endpoint: { host: '::1', port: 1 }, how: 'so', addresses: ['::1'] },
      ['info: Gateway: [::1]:1 (so).'],
    ],
    [
      'which addresses it has, where it has several',
      { kind: 'endpoint', endpoint: { host: 'gw', port: 1 }, how: 'so', addresses: ['a', 'b'] },
      ['info: Gateway: gw:1 (so), addresses used in turn: a, b.'],
    ],
    [
      'which replies the preflight sampling got',
      {
        kind: 'preflight-replies',
        samples: 3,
        byDestination: { v1: 3, v2: 0 },
        unclassified: 0,
      },
      ['info: Preflight: 3 connections. Replies: 3 from v1, 0 from v2.'],
    ],
    [
      'how many replies of the preflight sampling were not recognized',
      { kind: 'preflight-replies', samples: 3, byDestination: { v1: 1 }, unclassified: 2 },
      ['info: Preflight: 3 connections. Replies: 1 from v1, 2 missing or not recognized.'],
    ],
    [
      'that the edit would be accepted',
      { kind: 'dry-run-accepted' },
      ['info: Dry run: the API server accepts the edit.'],
    ],
    [
      'whose journal was found',
      { kind: 'recovering', run: 'run 7', keeps: false },
      ['info: Found the journal of an interrupted run, run 7. That run is rolled back first.'],
    ],
    [
      'what became of it',
      {
        kind: 'recovered',
        recovered: { run: 'run 7', end: 'restored', weights: 'v1 80%', what: 'restored' },
      },
      ['warning: run 7: restored'],
    ],
    [
      'what was written, and when',
      { kind: 'written', weights: { v1: 80, v2: 20 }, number: 1, of: 1, tookMs: 19.4 },
      ['info: Written at 11:02:00 UTC: v1 80%, v2 20% (19 ms).'],
    ],
    [
      'how an attempt ended, the destination that the run is about first',
      { kind: 'attempt-ended', check: someCheck(), ended: someAttempt(), again: false },
      [
        'info:   Attempt 2: v2 19%, v1 81% of 400 connections, 10 without a recognized reply in 812 ms: confirmed',
      ],
    ],
    [
      'that another attempt follows the first',
      {
        kind: 'attempt-ended',
        check: someCheck(),
        ended: someAttempt({ number: 1, decision: 'off-target', unclassified: 0, samples: 400 }),
        again: true,
      },
      [
        'info:   Attempt 1: v2 19%, v1 81% of 400 connections in 812 ms: refuted, another attempt follows',
      ],
    ],
    [
      'that an attempt ended without a decision, or a reply',
      {
        kind: 'attempt-ended',
        check: someCheck(),
        ended: someAttempt({ decision: undefined, samples: 5, unclassified: 5, counts: [0, 0] }),
        again: false,
      },
      ['info:   Attempt 2: no recognized reply from 5 connections in 812 ms: undecided'],
    ],
    [
      'that errors of a destination ended an attempt',
      {
        kind: 'attempt-ended',
        check: someCheck({ health: someHealth(worse(1)) }),
        ended: someAttempt({
          decision: undefined,
          failedHealth: true,
          unclassified: 0,
          samples: 400,
        }),
        again: false,
      },
      ['info:   Attempt 2: v2 19%, v1 81% of 400 connections in 812 ms: ended by the errors of v2'],
    ],
    [
      'what is confirmed, and how fast the gateway was',
      { kind: 'check-ended', check: someCheck() },
      ['info: ✔ Confirmed: v1 80%, v2 20%. The weights took effect 131 ms after the write.'],
    ],
    [
      'what is not confirmed, and why',
      {
        kind: 'check-ended',
        check: someCheck({ ended: 'off-target', propagationMs: undefined }),
      },
      ['info: ✘ Not confirmed: v1 80%, v2 20% (off-target).'],
    ],
    [
      'what was cut short',
      {
        kind: 'check-ended',
        check: someCheck({ ended: undefined, propagationMs: undefined }),
      },
      ['info: ✘ Not confirmed: v1 80%, v2 20% (cut short).'],
    ],
    [
      'that the split was confirmed before the check of its limits was cut short',
      {
        kind: 'check-ended',
        check: someCheck({ ended: undefined, settle: someWatch(), propagationMs: undefined }),
      },
      [
        'info: ✘ Not decided: v1 80%, v2 20%. The split was confirmed, but the limits were not decided when the check was cut short.',
      ],
    ],
    [
      'that the previous weights are restored, and when',
      { kind: 'restored', weights: { v1: 100 }, sinceFirstWriteMs: 4200, isChecked: true },
      [
        'info: Restored at 11:02:00 UTC, 4.2 s after the first write. Checking whether the gateway uses the previous weights.',
      ],
    ],
    [
      'no check of restored weights that none follows',
      { kind: 'restored', weights: { v1: 100 }, sinceFirstWriteMs: 4200, isChecked: false },
      ['info: Restored at 11:02:00 UTC, 4.2 s after the first write.'],
    ],
    [
      'that nothing of the run is left on the object',
      { kind: 'journal-removed' },
      ['info: Journal removed from the object.'],
    ],
    [
      'that a call is repeated, and why',
      {
        kind: 'api-retry',
        retry: { method: 'PATCH', path: '/a?dryRun=All', why: 'HTTP 503', next: 2, of: 5 },
      },
      ['info: PATCH /a: HTTP 503, retrying (2 of 5).'],
    ],
    [
      'that a call with one attempt is sent once more with new credentials, without a count',
      {
        kind: 'api-retry',
        retry: { method: 'POST', path: '/a', why: 'HTTP 401', next: 2, of: 1 },
      },
      ['info: POST /a: HTTP 401, retrying.'],
    ],
  ])('%s', (_, event, expected) => {
    expect(lines(event)).toEqual(expected)
  })

  test('one cause once, however often it is met', () => {
    const retry = (next: number, why: string): RunEvent => ({
      kind: 'api-retry',
      retry: { method: 'GET', path: '/a', why, next, of: 5 },
    })
    const trouble: RunEvent = { kind: 'release-trouble', why: 'no answer' }
    expect(
      lines(retry(2, 'HTTP 503'), retry(3, 'HTTP 503'), retry(4, 'reset'), trouble, trouble),
    ).toEqual([
      'info: GET /a: HTTP 503, retrying (2 of 5).',
      'info: GET /a: reset, retrying (4 of 5).',
      'warning: The last write has not succeeded yet. Retrying until the time limit: no answer',
    ])
  })

  test('nothing of what only the report is about', () => {
    const call = { method: 'GET', path: '/a', outcome: 200, startedMs: 0, tookMs: 1 }
    expect(
      lines(
        { kind: 'api-call', call },
        { kind: 'attempt-started', check: someCheck(), number: 1, place: 'only' },
        { kind: 'restore-checked', check: someCheck() },
      ),
    ).toEqual([])
  })
})
