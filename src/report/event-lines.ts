import { endpointText } from '../options/endpoint.ts'
import type { Check, Try } from '../rollout/check.ts'
import type { PlannedRun, RunEvent } from '../rollout/events.ts'
import type { Outcome } from '../rollout/outcome.ts'
import { percentsOf, percentsText } from '../rollout/percents.ts'
import { observedPercents, timeText } from './figures.ts'

/** One line of the log, and how much it wants to be seen. */
export type LogLine = { level: 'info' | 'warning' | 'error'; text: string }

/** A line every so often while connections are made: neither a flood nor silence. */
const PROGRESS_EVERY_MS = 2000

/** Turns the run's events into lines, as they happen. */
export function startLog(nowMs: () => number): (event: RunEvent) => LogLine[] {
  let saidMs = nowMs()
  return (event) => {
    if (isRoutine(event) && nowMs() - saidMs < PROGRESS_EVERY_MS) return []
    const lines = linesOf(event)
    if (lines.length > 0) saidMs = nowMs()
    return lines
  }
}

/** What is worth a line only if there was none for a while: progress, and tries that others follow. */
function isRoutine(event: RunEvent): boolean {
  return (
    event.kind === 'progress' ||
    (event.kind === 'try-ended' && event.again && event.ended.number > 1)
  )
}

function linesOf(event: RunEvent): LogLine[] {
  switch (event.kind) {
    case 'started':
      return info(
        `VirtualService ${event.object} on ${event.server} (context ${event.context})`,
        ...(event.workloadsServer === event.server
          ? []
          : [`Services and Pods on ${event.workloadsServer}`]),
      )
    case 'planned':
      return info(...planLines(event.plan))
    case 'finding':
      return [{ level: event.finding.kind, text: withMend(event.finding.what, event.finding.mend) }]
    case 'endpoint':
      return info(
        `gateway at ${endpointText(event.endpoint)} (${event.how})${event.addresses.length > 1 ? `, in turn ${event.addresses.join(', ')}` : ''}`,
      )
    case 'preflight-replies':
      return info(
        `preflight: ${event.connections} connections, ${heard(event.byDestination)}${event.unclassified > 0 ? `, ${event.unclassified} without a known reply` : ''}`,
      )
    case 'dry-run-accepted':
      return info('dry run: the API server accepts the edit')
    case 'recovering':
      return [
        { level: 'warning', text: `found the mark of ${event.run}, which died: undoing it first` },
      ]
    case 'recovered':
      return [{ level: 'warning', text: `${event.run}: ${event.what}` }]
    case 'written':
      return info(
        `written${event.of > 1 ? ` (${event.number} of ${event.of})` : ''}: ${percentsText(event.weights)}, in ${timeText(event.tookMs)}`,
      )
    case 'try-started':
      return []
    case 'progress':
      return info(
        `  ${event.now.draws} connections, ${observedOf(event.check, event.now)}, ${Math.round(event.now.sureness * 100)}% of the evidence needed`,
      )
    case 'try-ended':
      return info(
        `  try ${event.ended.number}: ${event.ended.draws} connections in ${timeText(event.ended.tookMs)}, ${observedOf(event.check, event.ended)}: ${decisionText(event.ended, event.again)}`,
      )
    case 'check-ended':
      return info(checkLine(event.check))
    case 'paused':
      return info(`pause of ${timeText(event.ms)} before the next step`)
    case 'restoring':
      return info(`putting the old weights back: ${percentsText(event.weights)}`)
    case 'restored':
      return info(
        `put back: ${percentsText(event.weights)}, ${timeText(event.sinceFirstWriteMs)} after the first write; looking whether the gateway acts on it`,
      )
    case 'mark-removed':
      return info('mark removed from the VirtualService')
    case 'finished':
      return [closingLine(event.outcome)]
    case 'restore-seen':
    case 'api-call':
      return []
  }
}

function planLines(plan: PlannedRun): string[] {
  const [check] = plan.checks
  const cost = check
    ? `, about ${Math.round(check.plan.mean)} connections (${check.limit} at most) for the ${plan.checks.length > 1 ? 'first ' : ''}proof`
    : ''
  if (plan.unchanged)
    return [`entry ${plan.entry}: to prove ${percentsText(plan.weights)}, nothing to write${cost}`]
  const added = plan.added === undefined ? '' : ` (adds ${plan.added})`
  return [
    `entry ${plan.entry}: ${percentsText(plan.present)} -> ${plan.steps.map((step) => percentsText(step)).join(' -> ')}${added}${cost}`,
    'new weights close the connections that are open now when the gateway has drained its old listener (45 s by default), at each step',
  ]
}

function checkLine(check: Check): string {
  const target = percentsText(percentsOf(check.names, check.target))
  const switched =
    check.propagationMs === undefined
      ? ''
      : `; the gateway switched ${timeText(check.propagationMs)} after the write`
  return check.ended === 'pass'
    ? `proven: ${target}${switched}`
    : `not proven: ${target} (${check.ended ?? 'cut short'})${switched}`
}

function decisionText(ended: Try, again: boolean): string {
  const decision = ended.decision ?? 'undecided'
  return again ? `${decision}; the gateway may not have switched yet, again` : decision
}

function observedOf(check: Check, now: Try): string {
  const observed = observedPercents({ ...check, tries: [now] })
  if (observed === undefined) return 'no reply that expect knows'
  const lost = now.unclassified > 0 ? `, ${now.unclassified} without a known reply` : ''
  return `${percentsText(observed)}${lost}`
}

function heard(byDestination: Readonly<Record<string, number>>): string {
  return Object.entries(byDestination)
    .map(([name, count]) => `${count} from ${name}`)
    .join(', ')
}

/** The outcome in a sentence or two; for anything but a success with what to do next. */
function closingLine(outcome: Outcome): LogLine {
  const good = outcome.verdict === 'pass' || outcome.verdict === 'planned'
  const head = `${outcome.verdict} (${outcome.reason}): ${outcome.message}`
  return { level: good ? 'info' : 'error', text: withMend(head, outcome.mend) }
}

function withMend(what: string, mend: string): string {
  return mend === '' ? what : `${what}\n${mend}`
}

function info(...texts: string[]): LogLine[] {
  return texts.map((text) => ({ level: 'info', text }))
}
