import type { JournalView } from '../../journal/journal-view.ts'
import { documentationOf } from '../../problem/codes.ts'
import { exitStatus, type Outcome } from '../../rollout/model/outcome.ts'
import { rfc3339 } from '../facts/clock.ts'
import { alphaOf } from '../facts/counted.ts'
import { problemsOf, type ReportedProblem } from '../facts/problems.ts'
import { nothingWritten } from '../facts/written.ts'
import { latencyReport } from '../latencies.ts'
import type { RampSpan } from '../ramp.ts'
import type { RunRecord } from '../record.ts'
import { shortenedOutcome } from '../shortened.ts'
import { type CheckContext, checkReport, plannedReport } from './check-report.ts'
import { drainReport, gapReport } from './proxies-report.ts'
import { rounded } from './rounded.ts'

/** The number of report.json's shape: it goes up when a field changes its meaning or goes away. */
export const REPORT_SCHEMA = 2

/** The content of report.json, documented field by field in docs/report.md. */
export function reportOf(record: RunRecord, whole: Outcome): object {
  const outcome = shortenedOutcome(whole)
  return {
    schema: REPORT_SCHEMA,
    version: record.version,
    verdict: outcome.verdict,
    reason: outcome.reason,
    exitStatus: exitStatus(outcome),
    message: outcome.message,
    remedy: outcome.remedy,
    problems: problemsOf(record, outcome).map(problemReport),
    nothingWritten: nothingWritten(record, outcome),
    rolledBack: outcome.rolledBack,
    lastStep: outcome.lastStep ?? null,
    previousWeights: outcome.previousWeights ?? null,
    weights: outcome.weights ?? null,
    mode: record.options?.mode ?? null,
    inputs: record.inputs,
    run: { by: record.by, attempt: record.attempt },
    startedAt: rfc3339(record, 0),
    endedAt: rfc3339(record, record.tookMs),
    tookMs: rounded(record.tookMs),
    server: record.server ?? null,
    context: record.context ?? null,
    kind: record.objectKind ?? null,
    object: record.object ?? null,
    rule: record.plan?.rule ?? null,
    endpoint: record.endpoint ?? null,
    manifest: record.manifest ?? null,
    journal: record.journal ? journalReport(record.journal) : null,
    confidencePercent: record.options?.confidencePercent ?? null,
    ...checksReport(record, outcome),
    planned: (record.plan?.checks ?? []).map(plannedReport),
    change: record.change ? changeReport(record.change) : null,
    warnings: record.findings.map(problemReport),
    ...timesReport(record),
    leftOut: record.leftOut,
    samples: record.samples,
  }
}

function checksReport(record: RunRecord, { checks, drain }: Outcome): object {
  const { restoreCheck, unstamped, ramp } = record
  // A check begins when its write is answered, and without one with its first attempt.
  const context = (span: RampSpan | undefined): CheckContext => ({
    alpha: alphaOf(record),
    clock: (sinceMs) => (span ? rfc3339(record, span.startMs + sinceMs) : null),
  })
  const spans = ramp.filter(({ kind }) => kind === 'check')
  const restored = context(ramp.find(({ kind }) => kind === 'restore-check'))
  return {
    checks: checks.map((check, index) => {
      const kept = index === checks.length - 1 ? 'of-all-attempts' : 'of-the-last'
      return checkReport(check, kept, context(spans[index]))
    }),
    restoreCheck: restoreCheck ? checkReport(restoreCheck, 'of-all-attempts', restored) : null,
    restoreStamps: unstamped
      ? { gone: unstamped.seen === 'gone', replies: unstamped.replies }
      : null,
    drain: drain ? drainReport(drain) : null,
    countGaps: record.countGaps.map((gap) => gapReport(gap, (ms) => rfc3339(record, ms))),
  }
}

/** What has a time, each with milliseconds since the run began and the time by this machine's clock. */
function timesReport(record: RunRecord): object {
  return {
    apiCalls: record.apiCalls.map(({ method, path, outcome, startedMs, tookMs }) => ({
      ...{ method, path, outcome },
      startedAt: rfc3339(record, startedMs),
      startedMs: rounded(startedMs),
      tookMs: rounded(tookMs),
    })),
    latencies: {
      byDestination: Object.fromEntries(
        [...record.latencies.byDestination].map(([name, one]) => [name, latencyReport(one)]),
      ),
      unclassified: latencyReport(record.latencies.unclassified),
    },
    ramp: record.ramp.map(({ kind, startMs, endMs, weights, ended }) => ({
      kind,
      startedAt: rfc3339(record, startMs),
      endedAt: rfc3339(record, endMs),
      startMs: rounded(startMs),
      endMs: rounded(endMs),
      weights: weights ?? null,
      ended: ended ?? null,
    })),
    timeline: record.timeline.map(({ atMs, event }) => ({
      at: rfc3339(record, atMs),
      atMs,
      event,
    })),
  }
}

function problemReport({ code, what, remedy }: ReportedProblem): object {
  return { code: code ?? null, documentation: code ? documentationOf(code) : null, what, remedy }
}

function journalReport(journal: JournalView): object {
  return { ...journal, by: journal.by ?? null, started: journal.started ?? null }
}

function changeReport({ diff, cost }: NonNullable<RunRecord['change']>): object {
  return {
    diff,
    expectedSamples: cost.connectionsMean,
    upperSamples: cost.connectionsMost,
    samplingMs: rounded(cost.connectingMs),
    pausesMs: cost.pausesMs,
  }
}
