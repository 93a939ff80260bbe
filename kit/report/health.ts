import type { MetricResult } from '../../src/evidence/prometheus/metric.ts'
import type { Check, Watch } from '../../src/rollout/model/check.ts'
import type { HealthState } from '../../src/split/health/health.ts'
import type { HealthQuestion } from '../../src/split/health/health-rules.ts'
import { someHealth } from '../split/health.ts'
import { latencyOf } from './run.ts'

/** A watch of two seconds of ten minutes in which nothing happened: 20 requests, 4 of them to v2. */
export function someWatch(changes: Partial<Watch> = {}): Watch {
  return {
    startedMs: 4000,
    tookMs: 2000,
    lastsMs: 600_000,
    samplesPerSecond: 10,
    samples: 20,
    unclassified: 0,
    counts: [16, 4],
    parts: [],
    latestMs: [1900, 1950],
    tallies: [
      { ok: 16, errors: 0 },
      { ok: 4, errors: 0 },
    ],
    outcomes: {},
    examples: {},
    previous: 0,
    clientLimits: 0,
    latencies: [latencyOf(2, 3), latencyOf(4), latencyOf()],
    ended: undefined,
    ...changes,
  }
}

/** A question about v2 of which 511 samples without an event were taken over 60 s. */
export function someState(
  question: HealthQuestion,
  changes: Partial<HealthState> = {},
): HealthState {
  return {
    question,
    destination: 1,
    samples: 520,
    events: 0,
    status: 'passed',
    pass: { samples: 511, events: 0, unattributed: 0, spanMs: 60_000 },
    heldBackBy: undefined,
    interval: [0, 0.0096],
    ...changes,
  }
}

/** What a check of requests shows where v2 is tested by these questions, and nothing was an error. */
export function healthyCheck(...states: HealthState[]): Partial<Check> {
  return {
    unit: 'request',
    health: someHealth({
      tallies: [
        { ok: 2080, errors: 0 },
        { ok: 520, errors: 0 },
      ],
      states,
    }),
    healthCourse: [
      { atMs: 0, replies: [1, 0], errors: [0, 0], unattributedErrors: 0 },
      { atMs: 60_000, replies: [2080, 520], errors: [0, 0], unattributedErrors: 0 },
    ],
    latencies: [latencyOf(2, 3, 9), latencyOf(2, 3, 8), latencyOf()],
    errorExamples: [undefined, undefined],
  }
}

export const MAX_ERRORS = { kind: 'max-errors', limit: 0.01 } as const
export const MAX_LATENCY = { kind: 'max-latency', limit: 0.01, overMs: 250 } as const

/** A metric of v2 that was within its bounds after the check. */
export function someMetric(changes: Partial<MetricResult> = {}): MetricResult {
  return {
    name: 'latency',
    bounds: { min: undefined, max: 0.25 },
    destination: 1,
    query: 'up',
    when: 'step',
    atMs: 3000,
    tries: 1,
    found: { kind: 'within', value: 0.18342 },
    ...changes,
  }
}
