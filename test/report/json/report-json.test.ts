import { describe, expect, test } from 'vitest'
import {
  recordOf,
  SOME_CALL,
  SOME_EVENTS,
  someAttempt,
  someCheck,
  someOutcome,
} from '../../../kit/report/run.ts'
import { REPORT_SCHEMA, reportOf } from '../../../src/report/json/report-json.ts'
import { startRecord } from '../../../src/report/record.ts'
import type { RunEvent } from '../../../src/rollout/model/events.ts'

describe('report.json', () => {
  test('has how long connections took, by destination, of all tries together', () => {
    const ended: RunEvent = {
      kind: 'attempt-ended',
      check: someCheck(),
      ended: someAttempt(),
      again: true,
    }
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
    const attempts = [someAttempt({ number: 1 }), someAttempt({ number: 2 })]
    const check = someCheck({ attempts })
    const forgotten = someCheck({ attempts: [someAttempt({ evidence: [] }), someAttempt()] })
    const report = JSON.parse(
      JSON.stringify(reportOf(recordOf([]), someOutcome({ checks: [check, check, forgotten] }))),
    )
    const has = report.checks.map(({ attempts: some }: { attempts: { evidence: unknown }[] }) =>
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
    expect(last.checks[0].attempts[0].evidence.connections).toEqual([184, 410])
  })

  test('has these fields, and its schema has this number', () => {
    expect(REPORT_SCHEMA).toBe(1)
    const report = JSON.parse(JSON.stringify(reportOf(recordOf(SOME_EVENTS), someOutcome())))
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
      remedy: '',
      rolledBack: false,
      previousWeights: { v1: 100, v2: 0 },
      weights: { v1: 80, v2: 20 },
      mode: 'shift',
      server: 'https://mesh.example:6443',
      context: 'prod',
      object: 'demo/tcp-echo',
      rule: 'tcp:31400',
      journal: null,
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
          attempts: [
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
          attemptsLeftOut: 0,
        },
      ],
      planned: [planned],
      change: null,
      restoreCheck: null,
      warnings: [{ what: 'odd', remedy: 'Do this' }],
      apiCalls: [{ ...SOME_CALL, startedMs: 3.5, tookMs: 7.9 }],
      latencies: { byDestination: {}, unclassified: noConnection },
      ramp: [{ kind: 'preflight', startMs: 1, endMs: 8, weights: null, ended: null }],
      timeline: recordOf(SOME_EVENTS).timeline,
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
    const full = reportOf(recordOf(SOME_EVENTS), someOutcome())
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
      attempts: [someAttempt({ decision: undefined })],
      propagationMs: undefined,
      ended: undefined,
    })
    const events: RunEvent[] = [{ kind: 'restore-checked', check }]
    expect(reportOf(recordOf(events), someOutcome({ checks: [check] }))).toMatchObject({
      checks: [{ before: null, ended: null, propagationMs: null, attempts: [{ decision: null }] }],
      restoreCheck: { before: null, ended: null },
    })
  })
})
