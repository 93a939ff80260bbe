import type { JournalView } from '../../journal/journal-view.ts'
import type { Check } from '../../rollout/model/check.ts'
import type { Outcome } from '../../rollout/model/outcome.ts'
import { percentsOf } from '../../rollout/model/percents.ts'
import { evidenceReport } from '../evidence.ts'
import { intervalPercents, observedPercents, percent } from '../figures.ts'
import { latencyReport } from '../latencies.ts'
import type { RunRecord } from '../record.ts'
import { shortenedOutcome } from '../shortened.ts'

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
    remedy: outcome.remedy,
    rolledBack: outcome.rolledBack,
    previousWeights: outcome.previousWeights ?? null,
    weights: outcome.weights ?? null,
    mode: record.options?.mode ?? null,
    server: record.server ?? null,
    context: record.context ?? null,
    object: record.object ?? null,
    rule: record.plan?.rule ?? null,
    endpoint: record.endpoint ?? null,
    manifest: record.manifest ?? null,
    journal: record.journal ? journalReport(record.journal) : null,
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
    warnings: record.findings.map(({ what, remedy }) => ({ what, remedy })),
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

function journalReport(journal: JournalView): object {
  return { ...journal, by: journal.by ?? null, started: journal.started ?? null }
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
    attempts: check.attempts.map((one, index) => ({
      number: one.number,
      place: one.place,
      startedMs: rounded(one.startedMs),
      tookMs: rounded(one.tookMs),
      connections: one.samples,
      unclassified: one.unclassified,
      counts: Object.fromEntries(check.names.map((name, index) => [name, one.counts[index] ?? 0])),
      met: one.met,
      examples: one.examples,
      clientLimits: one.clientLimits,
      dependent: one.dependent,
      decision: one.decision ?? null,
      evidence: isWanted(evidence, check, index) ? evidenceReport(check.names, one.evidence) : null,
    })),
    attemptsLeftOut: check.attemptsLeftOut,
  }
}

function isWanted(wanted: EvidenceWanted, { attempts }: Check, index: number): boolean {
  const has = (attempts[index]?.evidence.length ?? 0) > 0
  return has && (wanted === 'of-all-tries' || index === attempts.length - 1)
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10
}
