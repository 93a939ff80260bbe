import type { ApiCall } from '../mesh/api-server.ts'
import type { Finding } from '../mesh/finding.ts'
import type { Options } from '../options/options.ts'
import type { Check } from '../rollout/check.ts'
import type { Cost } from '../rollout/cost.ts'
import type { PlannedRun, RunEvent } from '../rollout/events.ts'
import { addKeepingEnds } from '../rollout/keep-ends.ts'
import type { Outcome } from '../rollout/outcome.ts'
import { percentsOf } from '../rollout/percents.ts'
import { evidenceReport } from './evidence.ts'
import { intervalPercents, observedPercents, percent } from './figures.ts'
import { addLatencies, latencyReport, noLatencies, type RunLatencies } from './latencies.ts'
import { type RampSpan, startRamp } from './ramp.ts'
import { LONGEST_MEND, shortened, shortenedFinding, shortenedOutcome } from './shortened.ts'

/** What a run's events leave behind for the summary and the report. */
export type RunRecord = {
  options:
    | Pick<Options, 'mode' | 'confidencePercent' | 'propagationTimeoutMs' | 'concurrency'>
    | undefined
  server: string | undefined
  context: string | undefined
  object: string | undefined
  /** The file that was edited instead of a cluster; undefined: a cluster was meant. */
  manifest: string | undefined
  plan: PlannedRun | undefined
  /** What the plan would change, within bounds, and what proving it takes; undefined where nothing was only planned. */
  change: { diff: string; cost: Cost } | undefined
  endpoint: string | undefined
  /** When the run began, by this machine's clock. */
  startedAt: Date
  /** Connections that were opened and seen to their end, those before the write and between it and the first try included. */
  connections: number
  /** Warnings; errors are in the outcome. */
  findings: Finding[]
  apiCalls: ApiCall[]
  /** Every event but progress, with its time since the run began. */
  timeline: { atMs: number; event: string }[]
  /** How many of each list were let go between its first ones and its last ones. */
  leftOut: { warnings: number; apiCalls: number; timeline: number }
  restoreCheck: Check | undefined
  latencies: RunLatencies
  /** Preflight, writes, proofs and pauses, with their times. */
  ramp: readonly RampSpan[]
  tookMs: number
}

const WARNINGS_KEPT = { first: 20, last: 20 }
const CALLS_KEPT = { first: 50, last: 50 }
/** Characters of a call's path, and of why it had no answer. */
const LONGEST_CALL = 2000
const TIMELINE_KEPT = { first: 100, last: 100 }

/** A record of the run's events. However long the run is, it grows no further than its bounds. */
export function startRecord(
  options: Options | undefined,
  nowMs: () => number,
  startedAt: Date,
): { record: RunRecord; take: (event: RunEvent) => void } {
  const startedMs = nowMs()
  const ramp = startRamp()
  const record: RunRecord = {
    options,
    server: undefined,
    context: undefined,
    object: undefined,
    manifest: undefined,
    plan: undefined,
    change: undefined,
    endpoint: undefined,
    startedAt,
    connections: 0,
    findings: [],
    apiCalls: [],
    timeline: [],
    leftOut: { warnings: 0, apiCalls: 0, timeline: 0 },
    restoreCheck: undefined,
    latencies: noLatencies(),
    ramp: ramp.spans,
    tookMs: 0,
  }
  function take(event: RunEvent): void {
    record.tookMs = nowMs() - startedMs
    if (event.kind === 'api-call') takeCall(record, event.call, startedMs)
    else if (event.kind !== 'progress' && event.kind !== 'preflight-progress')
      record.leftOut.timeline += addKeepingEnds(
        record.timeline,
        { atMs: Math.round(record.tookMs), event: event.kind },
        TIMELINE_KEPT,
      )
    if (event.kind === 'started')
      Object.assign(record, { server: event.server, context: event.context, object: event.object })
    if (event.kind === 'manifest')
      Object.assign(record, { manifest: event.path, object: event.object })
    if (event.kind === 'planned') record.plan = event.plan
    if (event.kind === 'would-change')
      record.change = { diff: shortened(event.diff, LONGEST_MEND), cost: event.cost }
    if (event.kind === 'endpoint')
      record.endpoint = `${event.endpoint.host} port ${event.endpoint.port}, ${event.how}`
    if (event.kind === 'finding' && event.finding.kind === 'warning')
      record.leftOut.warnings += addKeepingEnds(
        record.findings,
        shortenedFinding(event.finding),
        WARNINGS_KEPT,
      )
    if (event.kind === 'restore-seen') record.restoreCheck = event.check
    record.connections += connectionsOf(event)
    addLatencies(record.latencies, event)
    ramp.take(event, record.tookMs)
  }
  return { record, take }
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

/** How many connections an event tells of. */
function connectionsOf(event: RunEvent): number {
  if (event.kind === 'preflight-replies' || event.kind === 'watched') return event.connections
  return event.kind === 'try-ended' ? event.ended.draws : 0
}

/** The number of report.json's shape: it goes up when a field changes its meaning or goes away. */
export const REPORT_SCHEMA = 1

/** What stands in report.json; documented field by field in docs/report.md. */
export function reportOf(record: RunRecord, whole: Outcome): object {
  const outcome = shortenedOutcome(whole)
  return {
    schema: REPORT_SCHEMA,
    verdict: outcome.verdict,
    reason: outcome.reason,
    message: outcome.message,
    mend: outcome.mend,
    rolledBack: outcome.rolledBack,
    previousWeights: outcome.previousWeights ?? null,
    weights: outcome.weights ?? null,
    mode: record.options?.mode ?? null,
    server: record.server ?? null,
    context: record.context ?? null,
    object: record.object ?? null,
    entry: record.plan?.entry ?? null,
    endpoint: record.endpoint ?? null,
    manifest: record.manifest ?? null,
    confidencePercent: record.options?.confidencePercent ?? null,
    checks: outcome.checks.map((check, index) =>
      checkReport(check, index === outcome.checks.length - 1 ? 'of-all-tries' : 'of-the-last'),
    ),
    planned: (record.plan?.checks ?? []).map((check) => ({
      target: percentsOf(check.names, check.target),
      ...planReport(check),
    })),
    change: record.change ? changeReport(record.change) : null,
    restoreCheck: record.restoreCheck ? checkReport(record.restoreCheck, 'of-all-tries') : null,
    warnings: record.findings.map(({ what, mend }) => ({ what, mend })),
    apiCalls: record.apiCalls.map((call) => ({
      ...call,
      startedMs: rounded(call.startedMs),
      tookMs: rounded(call.tookMs),
    })),
    latencies: {
      byDestination: Object.fromEntries(
        [...record.latencies.byDestination].map(([name, one]) => [name, latencyReport(one)]),
      ),
      unclassified: latencyReport(record.latencies.unclassified),
    },
    ramp: record.ramp.map(({ kind, startMs, endMs, weights, ended }) => ({
      kind,
      startMs: rounded(startMs),
      endMs: rounded(endMs),
      weights: weights ?? null,
      ended: ended ?? null,
    })),
    timeline: record.timeline,
    leftOut: record.leftOut,
    connections: record.connections,
    startedAt: record.startedAt.toISOString(),
    tookMs: rounded(record.tookMs),
  }
}

function changeReport({ diff, cost }: NonNullable<RunRecord['change']>): object {
  return {
    diff,
    connectionsMean: cost.connectionsMean,
    connectionsLimit: cost.connectionsMost,
    connectingMs: rounded(cost.connectingMs),
    pausesMs: cost.pausesMs,
  }
}

function planReport(check: Check): object {
  return {
    tolerancePoints: Object.fromEntries(
      check.names.map((name, index) => [name, percent(check.tolerance[index] ?? 0)]),
    ),
    connectionsMean: Math.round(check.plan.mean),
    connectionsP90: check.plan.p90,
    connectionsLimit: check.limit,
  }
}

/** Of steps that are done, how the deciding try's evidence grew is enough; of the last, what led to it too. */
type EvidenceWanted = 'of-the-last' | 'of-all-tries'

function checkReport(check: Check, evidence: EvidenceWanted): object {
  return {
    target: percentsOf(check.names, check.target),
    before: check.old ? percentsOf(check.names, check.old) : null,
    ...planReport(check),
    ended: check.ended ?? null,
    observed: observedPercents(check) ?? null,
    interval: intervalPercents(check) ?? null,
    propagationMs: check.propagationMs ?? null,
    tries: check.tries.map((one, index) => ({
      number: one.number,
      place: one.place,
      startedMs: rounded(one.startedMs),
      tookMs: rounded(one.tookMs),
      connections: one.draws,
      unclassified: one.unclassified,
      counts: Object.fromEntries(check.names.map((name, index) => [name, one.counts[index] ?? 0])),
      met: one.met,
      examples: one.examples,
      clientLimits: one.clientLimits,
      dependent: one.dependent,
      decision: one.decision ?? null,
      evidence: isWanted(evidence, check, index) ? evidenceReport(check.names, one.evidence) : null,
    })),
    triesLeftOut: check.triesLeftOut,
  }
}

function isWanted(wanted: EvidenceWanted, { tries }: Check, index: number): boolean {
  const has = (tries[index]?.evidence.length ?? 0) > 0
  return has && (wanted === 'of-all-tries' || index === tries.length - 1)
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10
}
