import { confirmedProxies, runningProxies } from '../rollout/diagnosis/proxy-words.ts'
import type { ProxiesSeen } from '../rollout/model/check.ts'
import type { Drain } from '../rollout/model/drain.ts'
import type { Outcome } from '../rollout/model/outcome.ts'
import { quantilesByName } from './facts/health/quantiles.ts'
import { errorPercents, intervalPercents, observedPercents } from './figures.ts'

/** The outputs of the action by name, in the order in which people read about them. */
export const OUTPUTS = {
  verdict: 'pass, planned, restored, idle, in-progress, fail, inconclusive or error.',
  reason:
    'Why: within-tolerance, unchanged, planned, edited, restored, nothing-to-restore, no-journal, journal, off-target, not-propagated, no-reply, unhealthy, limit-reached, dependent, health-undecided, input, preflight, access, cluster, locked, changed-by-other, rollback-failed or cancelled.',
  'previous-weights':
    'JSON object, destination: percent, from before the run. With mode status, and with mode rollback if nothing was restored: from before the run whose journal was found.',
  weights:
    'JSON object, destination: percent with up to four decimals, in force at the end of the run.',
  observed:
    'JSON object, destination: percent of the recognized replies in the last attempt of the last check.',
  interval:
    "JSON object, destination: [low, high] percent, valid at any stopping time at the run's confidence.",
  connections: 'Number of connections, or of requests for http and grpc rules, in that attempt.',
  unclassified: 'How many of them were unanswered or got an unrecognized reply.',
  errors:
    'JSON object, destination: percent of its replies since the last write that were errors. Empty where errors cannot be seen.',
  latency:
    'JSON object, destination: {p50, p90, p99} in milliseconds, of its samples since the last write.',
  'propagation-ms':
    'Milliseconds from the last write until the gateway used the new weights. With proxies confirmed: until the slowest of them had the new weights.',
  proxies:
    'JSON object {confirmed, total}: how many of the proxies that hold the rule have the weights of the last check. Empty where none was read.',
  'in-progress':
    'JSON object, destination: connections, or requests for http and grpc rules, that the proxies had in progress at the end of the run. Only with evidence: counters.',
  drained:
    'true if the proxies had nothing in progress for destinations without weight, false if they had. Empty where that is not known.',
  'rolled-back':
    'true if the previous weights were restored, or with on-failure: last-step the last confirmed step, else false.',
  report: 'Path of report.json.',
  'html-report': 'Path of report.html.',
} as const

export type OutputName = keyof typeof OUTPUTS

/** The texts of the outputs. Unknown values are empty. */
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
    errors: json(check && errorPercents(check)),
    latency: json(check && quantilesByName(check)),
    'propagation-ms': text(check?.propagationMs),
    proxies: json(check?.proxies && readProxies(check.proxies)),
    'in-progress': json(inProgressOf(outcome.drain)),
    drained: drainedText(outcome.drain),
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

/** undefined where no proxy was found, or the run ended before it had read one. */
function readProxies(seen: ProxiesSeen): { confirmed: number; total: number } | undefined {
  const isKnown = runningProxies(seen).some(({ state }) => state !== 'unread')
  return isKnown ? confirmedProxies(seen) : undefined
}

function inProgressOf(drain: Drain | undefined): Record<string, number> | undefined {
  if (drain === undefined || drain.proxies.read < drain.proxies.total) return undefined
  return Object.fromEntries(drain.names.map((name, at) => [name, drain.inProgress[at] ?? 0]))
}

function drainedText(drain: Drain | undefined): string {
  switch (drain?.ended) {
    case 'drained':
      return 'true'
    case 'in-progress':
      return 'false'
    default:
      return ''
  }
}
