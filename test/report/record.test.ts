import { describe, expect, test } from 'vitest'
import { REPORT_SCHEMA, reportOf, startRecord } from '../../src/report/record.ts'
import type { RunEvent } from '../../src/rollout/events.ts'
import { recordOf, STARTED, someCheck, someOutcome, somePlan, someTry } from './support/run.ts'

const CALL = { method: 'GET', path: '/a', outcome: 200, startedMs: 5003.456, tookMs: 7.89 }

const EVENTS: RunEvent[] = [
  STARTED,
  { kind: 'api-call', call: CALL },
  { kind: 'planned', plan: somePlan() },
  {
    kind: 'finding',
    finding: { kind: 'warning', reason: 'preflight', what: 'odd', mend: 'Do this' },
  },
  { kind: 'finding', finding: { kind: 'error', reason: 'access', what: 'no', mend: '' } },
  { kind: 'endpoint', endpoint: { host: 'gw', port: 31400 }, how: 'so', addresses: ['192.0.2.1'] },
  { kind: 'progress', check: someCheck(), now: someTry() },
  { kind: 'finished', outcome: someOutcome() },
]

describe('the record of a run', () => {
  test('keeps what the summary and the report need, warnings but not errors', () => {
    const record = recordOf(EVENTS)
    expect(record).toMatchObject({
      server: 'https://mesh.example:6443',
      context: 'prod',
      object: 'demo/tcp-echo',
      plan: somePlan(),
      endpoint: 'gw port 31400, so',
      findings: [{ what: 'odd', mend: 'Do this' }],
      tookMs: 8,
    })
  })

  test('times calls since the run began', () => {
    expect(recordOf(EVENTS).apiCalls).toEqual([{ ...CALL, startedMs: 5003.456 - 5000 }])
  })

  test('has every event but progress and calls in its timeline', () => {
    expect(recordOf(EVENTS).timeline).toEqual([
      { atMs: 1, event: 'started' },
      { atMs: 3, event: 'planned' },
      { atMs: 4, event: 'finding' },
      { atMs: 5, event: 'finding' },
      { atMs: 6, event: 'endpoint' },
      { atMs: 8, event: 'finished' },
    ])
  })

  test('counts all connections: before the write, between it and the first try, and of each try', () => {
    const tried: RunEvent = {
      kind: 'preflight-replies',
      connections: 7,
      byDestination: { v1: 7 },
      unclassified: 0,
    }
    const ended: RunEvent = {
      kind: 'try-ended',
      check: someCheck(),
      ended: someTry({ draws: 400 }),
      again: true,
    }
    const watched: RunEvent = { kind: 'watched', connections: 90 }
    expect(recordOf([tried, watched, ended, ended]).connections).toBe(7 + 90 + 2 * 400)
  })

  test('keeps what was seen after the weights were put back', () => {
    const check = someCheck({ target: [1, 0] })
    expect(recordOf([{ kind: 'restore-seen', check }]).restoreCheck).toBe(check)
  })
})

describe('report.json', () => {
  test('has how long connections took, by destination, of all tries together', () => {
    const ended: RunEvent = { kind: 'try-ended', check: someCheck(), ended: someTry(), again: true }
    const report = JSON.parse(JSON.stringify(reportOf(recordOf([ended, ended]), someOutcome())))
    expect(report.latencies).toMatchObject({
      byDestination: {
        v1: { connections: 6, minMs: 2, p50Ms: 3.2, p90Ms: 5, maxMs: 5 },
        v2: { connections: 2, minMs: 4, maxMs: 4, buckets: [{ upToMs: 4.53, connections: 2 }] },
      },
      unclassified: { connections: 2, p50Ms: 1000 },
    })
  })

  test('has how the evidence grew of all tries of the last check, and of the last of each before', () => {
    const tries = [someTry({ number: 1 }), someTry({ number: 2 })]
    const check = someCheck({ tries })
    const forgotten = someCheck({ tries: [someTry({ evidence: [] }), someTry()] })
    const report = JSON.parse(
      JSON.stringify(reportOf(recordOf([]), someOutcome({ checks: [check, check, forgotten] }))),
    )
    const has = report.checks.map(({ tries: some }: { tries: { evidence: unknown }[] }) =>
      some.map(({ evidence }) => evidence !== null),
    )
    expect(has).toEqual([
      [false, true],
      [false, true],
      [false, true],
    ])
    const last = JSON.parse(
      JSON.stringify(reportOf(recordOf([]), someOutcome({ checks: [check] }))),
    )
    expect(last.checks[0].tries[0].evidence.connections).toEqual([184, 410])
  })

  test('has these fields, and its schema has this number', () => {
    expect(REPORT_SCHEMA).toBe(1)
    const report = JSON.parse(JSON.stringify(reportOf(recordOf(EVENTS), someOutcome())))
    const noConnection = {
      connections: 0,
      minMs: 0,
      p50Ms: 0,
      p90Ms: 0,
      p99Ms: 0,
      maxMs: 0,
      buckets: [],
    }
    const planned = {
      target: { v1: 80, v2: 20 },
      tolerancePoints: { v1: 5, v2: 5 },
      connectionsMean: 855,
      connectionsP90: 1342,
      connectionsLimit: 2400,
    }
    expect(report).toEqual({
      schema: 1,
      verdict: 'pass',
      reason: 'within-tolerance',
      message: 'the gateway splits as it was told',
      mend: '',
      rolledBack: false,
      previousWeights: { v1: 100, v2: 0 },
      weights: { v1: 80, v2: 20 },
      mode: 'shift',
      server: 'https://mesh.example:6443',
      context: 'prod',
      object: 'demo/tcp-echo',
      entry: 'tcp:31400',
      endpoint: 'gw port 31400, so',
      manifest: null,
      confidencePercent: 99,
      checks: [
        {
          ...planned,
          before: { v1: 100, v2: 0 },
          ended: 'pass',
          observed: { v1: 80.75, v2: 19.25 },
          interval: { v1: [75.12, 86], v2: [14, 24.88] },
          propagationMs: 131,
          tries: [
            {
              number: 2,
              place: 'early',
              startedMs: 200,
              tookMs: 812.3,
              connections: 410,
              unclassified: 10,
              counts: { v1: 323, v2: 77 },
              met: { refused: 7, 'unknown reply': 3 },
              examples: { refused: '', 'unknown reply': 'three hello' },
              clientLimits: 0,
              dependent: false,
              decision: 'pass',
              evidence: {
                atMs: [300, 812],
                connections: [184, 410],
                unclassified: [4, 10],
                counts: { v1: [150, 323], v2: [30, 77] },
              },
            },
          ],
          triesLeftOut: 0,
        },
      ],
      planned: [planned],
      change: null,
      restoreCheck: null,
      warnings: [{ what: 'odd', mend: 'Do this' }],
      apiCalls: [{ ...CALL, startedMs: 3.5, tookMs: 7.9 }],
      latencies: { byDestination: {}, unclassified: noConnection },
      ramp: [{ kind: 'preflight', startMs: 1, endMs: 8, weights: null, ended: null }],
      timeline: recordOf(EVENTS).timeline,
      leftOut: { warnings: 0, apiCalls: 0, timeline: 0 },
      connections: 0,
      startedAt: '1970-01-01T00:00:00.000Z',
      tookMs: 8,
    })
  })

  test('has all of its fields, null or empty, for a run that never began', () => {
    const { record } = startRecord(undefined, () => 0, new Date(0))
    const outcome = someOutcome({
      verdict: 'error',
      reason: 'input',
      previousWeights: undefined,
      weights: undefined,
      checks: [],
    })
    const report = JSON.parse(JSON.stringify(reportOf(record, outcome)))
    const full = reportOf(recordOf(EVENTS), someOutcome())
    expect(Object.keys(report)).toEqual(Object.keys(full))
    expect(report).toMatchObject({
      previousWeights: null,
      weights: null,
      mode: null,
      server: null,
      checks: [],
      planned: [],
      apiCalls: [],
      restoreCheck: null,
    })
  })

  test('has a check that was cut short, with what is not known as null', () => {
    const check = someCheck({
      old: undefined,
      tries: [someTry({ decision: undefined })],
      propagationMs: undefined,
      ended: undefined,
    })
    const events: RunEvent[] = [{ kind: 'restore-seen', check }]
    expect(reportOf(recordOf(events), someOutcome({ checks: [check] }))).toMatchObject({
      checks: [{ before: null, ended: null, propagationMs: null, tries: [{ decision: null }] }],
      restoreCheck: { before: null, ended: null },
    })
  })
})
