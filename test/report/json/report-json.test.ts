import { describe, expect, test } from 'vitest'
import {
  recordOf,
  SOME_CALL,
  SOME_EVENTS,
  SOME_START,
  someAttempt,
  someCheck,
  someOutcome,
} from '../../../kit/report/run.ts'
import { REPORT_SCHEMA, reportOf } from '../../../src/report/json/report-json.ts'
import { startRecord } from '../../../src/report/record.ts'
import type { RunEvent } from '../../../src/rollout/model/events.ts'

describe('report.json', () => {
  test('has how long samples took, by destination, of all attempts together', () => {
    const ended: RunEvent = {
      kind: 'attempt-ended',
      check: someCheck(),
      ended: someAttempt(),
      again: true,
    }
    const report = JSON.parse(JSON.stringify(reportOf(recordOf([ended, ended]), someOutcome())))
    expect(report.latencies).toMatchObject({
      byDestination: {
        v1: { samples: 6, minMs: 2, p50Ms: 3.2, p90Ms: 5, maxMs: 5 },
        v2: { samples: 2, minMs: 4, maxMs: 4, buckets: [{ upToMs: 4.53, samples: 2 }] },
      },
      unclassified: { samples: 2, p50Ms: 1000 },
    })
  })

  test('has the evidence of all attempts of the last check, and of the last attempt of each check before', () => {
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
    expect(last.checks[0].attempts[0].evidence.samples).toEqual([184, 410])
  })

  test('has these fields, and its schema has this number', () => {
    expect(REPORT_SCHEMA).toBe(2)
    const report = JSON.parse(JSON.stringify(reportOf(recordOf(SOME_EVENTS), someOutcome())))
    const noSample = {
      samples: 0,
      minMs: 0,
      p50Ms: 0,
      p90Ms: 0,
      p99Ms: 0,
      maxMs: 0,
      buckets: [],
    }
    const sizes = { expectedSamples: 855, p90Samples: 1342, upperSamples: 2400 }
    expect(report).toEqual({
      schema: 2,
      version: '1.2.3',
      verdict: 'pass',
      reason: 'within-tolerance',
      exitStatus: 0,
      message: 'the gateway splits as requested',
      remedy: '',
      problems: [],
      nothingWritten: true,
      rolledBack: false,
      lastStep: null,
      previousWeights: { v1: 100, v2: 0 },
      weights: { v1: 80, v2: 20 },
      mode: 'shift',
      inputs: { subset: 'v2', weight: '20' },
      run: { by: 'https://ci.example/run/7', attempt: 1 },
      startedAt: '2026-11-26T11:02:00.000Z',
      endedAt: '2026-11-26T11:02:00.008Z',
      tookMs: 8,
      server: 'https://mesh.example:6443',
      context: 'prod',
      kind: 'VirtualService',
      object: 'demo/tcp-echo',
      rule: 'tcp:31400',
      journal: null,
      endpoint: 'gw port 31400, so',
      manifest: null,
      confidencePercent: 99,
      checks: [
        {
          ended: 'pass',
          unit: 'connection',
          traffic: null,
          destinations: [
            {
              name: 'v1',
              before: 100,
              asked: 80,
              tolerancePoints: 5,
              samples: 323,
              observed: 80.75,
              interval: [73.01, 87.21],
            },
            {
              name: 'v2',
              before: 0,
              asked: 20,
              tolerancePoints: 5,
              samples: 77,
              observed: 19.25,
              interval: [12.79, 26.99],
            },
          ],
          samples: 410,
          unclassified: 10,
          furtherSamples: 0,
          samplesLeftOut: 0,
          ...sizes,
          health: null,
          latencies: {
            v1: { samples: 3, p50Ms: 3.2, p90Ms: 5, p99Ms: 5, maxMs: 5 },
            v2: { samples: 1, p50Ms: 4, p90Ms: 4, p99Ms: 4, maxMs: 4 },
          },
          settle: null,
          watch: null,
          metrics: [],
          metricsLeftOut: 0,
          propagationMs: 131,
          proxies: null,
          places: null,
          attempts: [
            {
              number: 2,
              place: 'early',
              superseded: false,
              startedAt: null,
              startedMs: 200,
              tookMs: 812.3,
              samples: 410,
              unclassified: 10,
              counts: { v1: 323, v2: 77 },
              failures: { refused: 7, 'unknown reply': 3 },
              examples: { refused: '', 'unknown reply': 'three hello' },
              previous: 0,
              clientLimits: 0,
              dependent: false,
              decision: 'pass',
              evidence: {
                atMs: [300, 812],
                samples: [184, 410],
                unclassified: [4, 10],
                counts: { v1: [150, 323], v2: [30, 77] },
              },
            },
          ],
          attemptsLeftOut: 0,
        },
      ],
      restoreCheck: null,
      restoreStamps: null,
      drain: null,
      countGaps: [],
      planned: [
        {
          destinations: [
            { name: 'v1', asked: 80, tolerancePoints: 5 },
            { name: 'v2', asked: 20, tolerancePoints: 5 },
          ],
          ...sizes,
        },
      ],
      change: null,
      warnings: [
        {
          code: 'ITS-NO-READY-ENDPOINTS',
          documentation: 'docs/errors.md#its-no-ready-endpoints',
          what: 'odd',
          remedy: 'Do this',
        },
      ],
      apiCalls: [
        { ...SOME_CALL, startedAt: '2026-11-26T11:02:00.003Z', startedMs: 3.5, tookMs: 7.9 },
      ],
      latencies: { byDestination: {}, unclassified: noSample },
      ramp: [
        {
          kind: 'preflight',
          startedAt: '2026-11-26T11:02:00.001Z',
          endedAt: '2026-11-26T11:02:00.008Z',
          startMs: 1,
          endMs: 8,
          weights: null,
          ended: null,
        },
      ],
      timeline: recordOf(SOME_EVENTS).timeline.map(({ atMs, event }) => ({
        at: `2026-11-26T11:02:00.00${atMs}Z`,
        atMs,
        event,
      })),
      leftOut: { warnings: 0, apiCalls: 0, timeline: 0, countGaps: 0 },
      samples: 0,
    })
  })

  test('lists what kept a run from ending well, each with its code and where it is explained', () => {
    const bad = someOutcome({
      verdict: 'error',
      reason: 'access',
      code: 'ITS-FORBIDDEN',
      message: 'm',
      remedy: 'r',
    })
    const problems = (events: readonly RunEvent[]) =>
      JSON.parse(JSON.stringify(reportOf(recordOf(events), bad))).problems
    const documentation = 'docs/errors.md#its-forbidden'
    expect(problems(SOME_EVENTS)).toEqual([
      { code: 'ITS-FORBIDDEN', documentation, what: 'no', remedy: '' },
    ])
    expect(problems([])).toEqual([{ code: 'ITS-FORBIDDEN', documentation, what: 'm', remedy: 'r' }])
  })

  test('says which attempts do not count, as the gateway split otherwise during them', () => {
    const attempts = [
      someAttempt({ number: 1, samples: 200, counts: [198, 2], unclassified: 0 }),
      someAttempt({ number: 2, samples: 400, counts: [320, 80], unclassified: 0 }),
    ]
    const report = JSON.parse(
      JSON.stringify(reportOf(recordOf([]), someOutcome({ checks: [someCheck({ attempts })] }))),
    )
    expect(report.checks[0]).toMatchObject({
      samples: 400,
      destinations: [{ samples: 320 }, { samples: 80 }],
      attempts: [{ superseded: true }, { superseded: false }],
    })
  })

  test('dates attempts by the write before them', () => {
    const check = someCheck({ attempts: [someAttempt({ startedMs: 250 })] })
    const written: RunEvent = { kind: 'written', weights: {}, number: 1, of: 1, tookMs: 1 }
    const began: RunEvent = { kind: 'attempt-started', check, number: 1, place: 'early' }
    const report = JSON.parse(
      JSON.stringify(reportOf(recordOf([written, began]), someOutcome({ checks: [check] }))),
    )
    expect(report.checks[0].attempts[0].startedAt).toBe('2026-11-26T11:02:00.251Z')
  })

  test('has all of its fields, null or empty, for a run that never began', () => {
    const { record } = startRecord(SOME_START, () => 0)
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
      checks: [
        {
          destinations: [{ before: null }, { before: null }],
          ended: null,
          propagationMs: null,
          attempts: [{ decision: null }],
        },
      ],
      restoreCheck: { destinations: [{ before: null }, { before: null }], ended: null },
    })
  })
})
