import type { Outcome } from '../rollout/model/outcome.ts'
import { intervalPercents, observedPercents } from './figures.ts'

/** The names of the action's outputs, in the order in which people read about them, with what each holds. */
export const OUTPUTS = {
  verdict: 'pass, planned, restored, idle, in-progress, fail, inconclusive or error.',
  reason:
    'Why: within-tolerance, unchanged, planned, edited, restored, nothing-to-restore, no-journal, journal, off-target, not-propagated, no-reply, limit-reached, dependent, input, preflight, access, cluster, locked, changed-by-other, rollback-failed or cancelled.',
  'previous-weights':
    'JSON object, destination: percent, before the run. With mode status, and with mode rollback where nothing was restored: before the run whose journal was found.',
  weights: 'JSON object, destination: percent, in force at the end of the run.',
  observed:
    'JSON object, destination: percent of the connections that could be told, of the last try of the last check.',
  interval:
    "JSON object, destination: [low, high] percent, valid at any stopping time at the run's confidence.",
  connections: 'Connections judged in that try.',
  unclassified: 'Of those, how many got no reply that expect knows.',
  'propagation-ms':
    'Milliseconds from the last write to the moment at which the gateway acted on it.',
  'rolled-back': 'true where the weights from before the run were put back, else false.',
  report: 'Path of report.json.',
  'html-report': 'Path of report.html.',
} as const

export type OutputName = keyof typeof OUTPUTS

/** The outputs' texts. What is not known is empty. */
export function outputsOf(
  outcome: Outcome,
  files: { json: string; html: string } | undefined,
): Record<OutputName, string> {
  const check = outcome.checks.at(-1)
  const last = check?.attempts.at(-1)
  return {
    verdict: outcome.verdict,
    reason: outcome.reason,
    'previous-weights': json(outcome.previousWeights),
    weights: json(outcome.weights),
    observed: json(check && observedPercents(check)),
    interval: json(check && intervalPercents(check)),
    connections: text(last?.samples),
    unclassified: text(last?.unclassified),
    'propagation-ms': text(check?.propagationMs),
    'rolled-back': String(outcome.rolledBack),
    report: files?.json ?? '',
    'html-report': files?.html ?? '',
  }
}

function json(value: object | undefined): string {
  return value === undefined ? '' : JSON.stringify(value)
}

function text(value: number | undefined): string {
  return value === undefined ? '' : String(value)
}
