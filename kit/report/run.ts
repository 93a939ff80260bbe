import { type Latency, startLatency } from '../../src/evidence/probe/latency.ts'
import { readOptions } from '../../src/options/read-options.ts'
import { type RunRecord, type RunStart, startRecord } from '../../src/report/record.ts'
import type { Attempt, Check } from '../../src/rollout/model/check.ts'
import type { PlannedRun, RunEvent } from '../../src/rollout/model/events.ts'
import type { Outcome } from '../../src/rollout/model/outcome.ts'
import { CLOSES_CONNECTIONS } from '../../src/routes/istio/virtual-service.ts'
import type { Cause, Diagnosis } from '../../src/split/diagnosis/diagnosis.ts'

/** The latency of connections that took so many milliseconds. */
export function latencyOf(...tookMs: number[]): Latency {
  const tally = startLatency()
  for (const ms of tookMs) tally.observe(ms)
  return tally.latency()
}

/** An attempt that passed: 77 of 400 samples went to v2, and 10 have no recognized reply. */
export function someAttempt(changes: Partial<Attempt> = {}): Attempt {
  return {
    number: 2,
    place: 'early',
    startedMs: 200.04,
    tookMs: 812.34,
    samples: 410,
    unclassified: 10,
    counts: [323, 77],
    outcomes: { refused: 7, 'unknown reply': 3 },
    examples: { refused: '', 'unknown reply': 'three hello' },
    previous: 0,
    clientLimits: 0,
    intervals: [
      [0.75128, 0.85991],
      [0.14009, 0.24871],
    ],
    closeness: 1,
    evidence: [
      { atMs: 300, counts: [150, 30], unclassified: 4 },
      { atMs: 812, counts: [323, 77], unclassified: 10 },
    ],
    latencies: [latencyOf(2, 3, 5), latencyOf(4), latencyOf(1000)],
    dependent: false,
    decision: 'pass',
    ...changes,
  }
}

/** A diagnosis of a check that its time cut short. */
export function someDiagnosis(cause: Cause): Diagnosis {
  const seen = { counts: [323, 77], unclassified: 10 }
  return { ended: 'time', cause, others: [], seen, attemptsBefore: 0, clientLimits: 0 }
}

/** A check of 80/20 after 100/0 that passed. */
export function someCheck(changes: Partial<Check> = {}): Check {
  return {
    names: ['v1', 'v2'],
    unit: 'connection',
    target: [0.8, 0.2],
    old: [1, 0],
    tolerance: [0.05, 0.05],
    plan: { mean: 854.6, p90: 1342, p999: 2400, exactness: 'exact' },
    limit: 2400,
    attempts: [someAttempt()],
    attemptsLeftOut: 0,
    beforeAttempts: [0, 0],
    leftOut: { counts: [0, 0], unclassified: 0 },
    further: { counts: [0, 0], unclassified: 0 },
    diagnosis: undefined,
    errorExamples: [undefined, undefined],
    propagationMs: 131,
    ended: 'pass',
    ...changes,
  }
}

export function someOutcome(changes: Partial<Outcome> = {}): Outcome {
  return {
    verdict: 'pass',
    reason: 'within-tolerance',
    message: 'the gateway splits as requested',
    remedy: '',
    previousWeights: { v1: 100, v2: 0 },
    weights: { v1: 80, v2: 20 },
    checks: [someCheck()],
    rolledBack: false,
    ...changes,
  }
}

export function somePlan(changes: Partial<PlannedRun> = {}): PlannedRun {
  return {
    rule: 'tcp:31400',
    unit: 'connection',
    present: { v1: 100, v2: 0 },
    weights: { v1: 80, v2: 20 },
    steps: [{ v1: 80, v2: 20 }],
    skipped: [],
    disturbs: CLOSES_CONNECTIONS,
    shifted: 1,
    unchanged: false,
    added: 'v2',
    checks: [someCheck({ attempts: [], ended: undefined, propagationMs: undefined })],
    ...changes,
  }
}

export const STARTED: RunEvent = {
  kind: 'started',
  objectKind: 'VirtualService',
  server: 'https://mesh.example:6443',
  context: 'prod',
  object: 'demo/tcp-echo',
  workloadsServer: 'https://mesh.example:6443',
}

export const SOME_CALL = {
  method: 'GET',
  path: '/a',
  outcome: 200,
  startedMs: 5003.456,
  tookMs: 7.89,
}

/** A run in which little happens. */
export const SOME_EVENTS: RunEvent[] = [
  STARTED,
  { kind: 'api-call', call: SOME_CALL },
  { kind: 'planned', plan: somePlan() },
  {
    kind: 'finding',
    finding: {
      severity: 'warning',
      code: 'ITS-NO-READY-ENDPOINTS',
      reason: 'preflight',
      what: 'odd',
      remedy: 'Do this',
    },
  },
  {
    kind: 'finding',
    finding: { severity: 'error', code: 'ITS-FORBIDDEN', reason: 'access', what: 'no', remedy: '' },
  },
  { kind: 'endpoint', endpoint: { host: 'gw', port: 31400 }, how: 'so', addresses: ['192.0.2.1'] },
  { kind: 'progress', check: someCheck(), now: someAttempt() },
  { kind: 'finished', outcome: someOutcome() },
]

/** What is known of a run before it begins. */
export const SOME_START: RunStart = {
  options: undefined,
  startedAt: new Date('2026-11-26T11:02:00.000Z'),
  version: '1.2.3',
  inputs: { subset: 'v2', weight: '20' },
  shiftCommand: undefined,
  by: 'https://ci.example/run/7',
  attempt: 1,
  reportFolder: '/tmp/report',
}

/** What a run's events leave behind, each a millisecond after the one before. */
export function recordOf(events: readonly RunEvent[]): RunRecord {
  let now = 5000
  const { options } = readOptions(() => undefined)
  const { record, take } = startRecord({ ...SOME_START, options }, () => now)
  for (const event of events) {
    now += 1
    take(event)
  }
  return record
}

/** Text that would do harm wherever it is taken for more than text. */
export const HOSTILE = [
  '::set-output name=verdict::pass',
  '  ::error file=a::b',
  'x ##[error]y ##[set-env name=PATH]z',
  '\u001b[2J\u001b]0;title\u0007\u009b31m',
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '| a | b |',
  '# heading',
  '- item',
  '1. item',
  '===',
  '[link](javascript:alert(1)) ![](https://evil.example/x.png) www.evil.example',
  '**bold** _under_ ~~gone~~ `code` ```\nfence\n```',
  '@somebody #1 :tada: $x^2$ &lt;',
  'a\rb\u2028c\u0085d\u202eevil',
] as const
