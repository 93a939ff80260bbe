import type { CountsGap } from '../evidence/proxies/counters-settings.ts'
import type { JournalView } from '../journal/journal-view.ts'
import type { ApiCall } from '../kube/api-server.ts'
import type { Options } from '../options/options.ts'
import type { Problem } from '../problem/problem.ts'
import type { Check } from '../rollout/model/check.ts'
import type { Cost } from '../rollout/model/cost.ts'
import type { PlannedRun, RunEvent } from '../rollout/model/events.ts'
import { addKeepingEnds } from '../rollout/model/keep-ends.ts'
import type { Unstamped } from '../rollout/rollback/await-unstamped.ts'
import { noLatencies, type RunLatencies, startLatencies } from './latencies.ts'
import { type RampSpan, startRamp } from './ramp.ts'
import { startCountingSamples } from './samples-taken.ts'
import type { ShiftCommand } from './shift-command.ts'
import { LONGEST_REMEDY, shortened, shortenedFinding } from './shortened.ts'

/** What is known of a run before it begins. */
export type RunStart = {
  /** undefined where they could not be read. */
  options:
    | (Pick<Options, 'mode' | 'confidencePercent' | 'propagationTimeoutMs' | 'concurrency'> &
        Partial<Pick<Options, 'maxErrors' | 'maxLatency'>>)
    | undefined
  /** When the run began, by this machine's clock. */
  startedAt: Date
  /** Of this tool. */
  version: string
  /** The inputs that were given, as they may be shown. */
  inputs: Readonly<Record<string, string>>
  /** The command that writes what a plan shows; undefined in a workflow, where the inputs say it. */
  shiftCommand: ShiftCommand | undefined
  /** A link to the CI job, or user@host. */
  by: string
  /** Which attempt of the CI run this is, from 1. */
  attempt: number
  /** Where report.html, report.json and summary.md are written; undefined: nowhere. */
  reportFolder: string | undefined
}

/** What a run's events leave behind for the log, the summary and the report. */
export type RunRecord = RunStart & {
  server: string | undefined
  context: string | undefined
  /** As `HTTPRoute`. */
  objectKind: string | undefined
  object: string | undefined
  /** The file that was edited instead of a cluster; undefined: a cluster was meant. */
  manifest: string | undefined
  plan: PlannedRun | undefined
  /** What the plan would change, within bounds, and what confirming it takes; undefined where nothing was only planned. */
  change: { diff: string; cost: Cost } | undefined
  endpoint: string | undefined
  /** The journal that `rollback` or `status` found. */
  journal: JournalView | undefined
  /** All that ended, those before the write and between it and the first attempt included. */
  samples: number
  /** Warnings. */
  findings: Problem[]
  /** Problems for which the run did not go on. */
  errors: Problem[]
  apiCalls: ApiCall[]
  /** Every event but progress, with its time since the run began. */
  timeline: { atMs: number; event: string }[]
  /** How many of each list were let go between its first ones and its last ones. */
  leftOut: { warnings: number; apiCalls: number; timeline: number; countGaps: number }
  restoreCheck: Check | undefined
  /** What replies showed after the restore of weights with stamps. */
  unstamped?: Unstamped
  latencies: RunLatencies
  /** What counters lack, in the order of time. Milliseconds since the run began. */
  countGaps: CountsGap[]
  /** Preflight, writes, checks and pauses, with their times. */
  ramp: readonly RampSpan[]
  tookMs: number
}

/** Events that are too many, or say too little, for the timeline. */
const UNTIMED: ReadonlySet<RunEvent['kind']> = new Set([
  'progress',
  'preflight-progress',
  'api-retry',
  'object-read',
  'settling',
  'watching',
  'proxies',
  'draining',
] as const)
const WARNINGS_KEPT = { first: 20, last: 20 }
const CALLS_KEPT = { first: 50, last: 50 }
/** Characters of a call's path, and of why it had no answer. */
const LONGEST_CALL = 2000
const GAPS_KEPT = { first: 20, last: 20 }
const TIMELINE_KEPT = { first: 100, last: 100 }

/** A record of the run's events. However long the run is, it grows no further than its bounds. */
export function startRecord(
  start: RunStart,
  nowMs: () => number,
  startedMs = nowMs(),
): { record: RunRecord; take: (event: RunEvent) => void } {
  const ramp = startRamp()
  const record: RunRecord = {
    ...start,
    server: undefined,
    context: undefined,
    objectKind: undefined,
    object: undefined,
    manifest: undefined,
    plan: undefined,
    change: undefined,
    endpoint: undefined,
    journal: undefined,
    samples: 0,
    findings: [],
    errors: [],
    apiCalls: [],
    timeline: [],
    leftOut: { warnings: 0, apiCalls: 0, timeline: 0, countGaps: 0 },
    restoreCheck: undefined,
    latencies: noLatencies(),
    countGaps: [],
    ramp: ramp.spans,
    tookMs: 0,
  }
  const newSamples = startCountingSamples()
  const latencies = startLatencies()

  function take(event: RunEvent): void {
    record.tookMs = nowMs() - startedMs
    const spans = record.ramp.length
    ramp.take(event, record.tookMs)
    const isTimed = !UNTIMED.has(event.kind) || record.ramp.length > spans
    if (event.kind === 'count-gap') takeGap(record, event.gap, startedMs)
    if (event.kind === 'api-call') takeCall(record, event.call, startedMs)
    else if (isTimed)
      record.leftOut.timeline += addKeepingEnds(
        record.timeline,
        { atMs: Math.round(record.tookMs), event: event.kind },
        TIMELINE_KEPT,
      )
    takeFacts(record, event)
    record.samples += newSamples(event)
    latencies.take(event)
    record.latencies = latencies.latencies()
  }
  return { record, take }
}

/** What an event says of the run once. */
function takeFacts(record: RunRecord, event: RunEvent): void {
  if (event.kind === 'started')
    Object.assign(record, {
      server: event.server,
      context: event.context,
      objectKind: event.objectKind,
      object: event.object,
    })
  if (event.kind === 'manifest')
    Object.assign(record, {
      manifest: event.path,
      objectKind: event.objectKind,
      object: event.object,
    })
  if (event.kind === 'planned') record.plan = event.plan
  if (event.kind === 'journal') record.journal = event.journal
  if (event.kind === 'would-change')
    record.change = { diff: shortened(event.diff, LONGEST_REMEDY), cost: event.cost }
  if (event.kind === 'endpoint')
    record.endpoint = `${event.endpoint.host} port ${event.endpoint.port}, ${event.how}`
  if (event.kind === 'finding' && event.finding.severity === 'warning')
    record.leftOut.warnings += addKeepingEnds(
      record.findings,
      shortenedFinding(event.finding),
      WARNINGS_KEPT,
    )
  if (event.kind === 'finding' && event.finding.severity === 'error')
    addKeepingEnds(record.errors, shortenedFinding(event.finding), WARNINGS_KEPT)
  if (event.kind === 'restore-checked') record.restoreCheck = event.check
  if (event.kind === 'restore-unstamped') {
    const { seen, inARow, replies } = event
    record.unstamped = { seen, inARow, replies }
  }
}

function takeCall({ apiCalls, leftOut }: RunRecord, call: ApiCall, startedMs: number): void {
  const short = {
    ...call,
    path: shortened(call.path, LONGEST_CALL),
    outcome:
      typeof call.outcome === 'number' ? call.outcome : shortened(call.outcome, LONGEST_CALL),
    startedMs: call.startedMs - startedMs,
  }
  leftOut.apiCalls += addKeepingEnds(apiCalls, short, CALLS_KEPT)
}

function takeGap({ countGaps, leftOut }: RunRecord, gap: CountsGap, startedMs: number): void {
  const since = { ...gap, fromMs: gap.fromMs - startedMs, toMs: gap.toMs - startedMs }
  leftOut.countGaps += addKeepingEnds(countGaps, since, GAPS_KEPT)
}
