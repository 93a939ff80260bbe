import type { ApiCall } from '../../kube/api-server.ts'
import { endpointText } from '../../kube/endpoint.ts'
import type { Attempt, Check } from '../../rollout/model/check.ts'
import type { PlannedRun, RunEvent } from '../../rollout/model/events.ts'
import { connectionsText, percentsOf, percentsText } from '../../rollout/model/percents.ts'
import { observedIn, presentText, timeText } from '../figures.ts'
import { costText, guaranteeText } from '../plan-texts.ts'
import { closingLines } from './closing.ts'
import { type LogLine, withRemedy } from './log-line.ts'

/** What one event says in the log, without regard to what was said before. */
export function linesOf(event: RunEvent): LogLine[] {
  switch (event.kind) {
    case 'started':
      return info(
        `VirtualService ${event.object} on ${event.server} (context ${event.context})`,
        ...(event.workloadsServer === event.server
          ? []
          : [`Services and Pods on ${event.workloadsServer}`]),
      )
    case 'manifest':
      return info(`VirtualService ${event.object} in the file ${event.path}`)
    case 'planned':
      return info(...planLines(event.plan))
    case 'would-change':
      return info(
        ...(event.diff === '' ? [] : [event.diff]),
        costText(event.cost),
        guaranteeText(event.confidencePercent),
      )
    case 'finding':
      return [
        {
          level: event.finding.severity,
          text: withRemedy(event.finding.what, event.finding.remedy),
        },
      ]
    case 'endpoint':
      return info(
        `gateway at ${endpointText(event.endpoint)} (${event.how})${event.addresses.length > 1 ? `, in turn ${event.addresses.join(', ')}` : ''}`,
      )
    case 'preflight-progress':
      return info(`preflight: ${event.connections} connections have ended, waiting for the others`)
    case 'preflight-replies':
      return info(
        `preflight: ${connectionsText(event.connections)}, ${replyCounts(event.byDestination)}${event.unclassified > 0 ? `, ${event.unclassified} without a known reply` : ''}`,
      )
    case 'dry-run-accepted':
      return info('dry run: the API server accepts the edit')
    case 'recovering':
      return info(`found the journal of an interrupted run, ${event.run}: undoing it first`)
    case 'recovered':
      return [{ level: 'warning', text: `${event.run}: ${event.what}` }]
    case 'written':
      return info(
        `written${event.of > 1 ? ` (${event.number} of ${event.of})` : ''}: ${percentsText(event.weights)}, in ${timeText(event.tookMs)}`,
      )
    case 'attempt-started':
      return []
    case 'progress':
      return info(
        `  ${connectionsText(event.now.samples)}, ${observedOf(event.check, event.now)}, ${Math.round(event.now.closeness * 100)}% of the evidence needed`,
      )
    case 'attempt-ended':
      return info(
        `  attempt ${event.ended.number}: ${connectionsText(event.ended.samples)} in ${timeText(event.ended.tookMs)}, ${observedOf(event.check, event.ended)}: ${decisionText(event.ended, event.again)}`,
      )
    case 'check-ended':
      return info(checkLine(event.check))
    case 'paused':
      return info(`pause of ${timeText(event.ms)} before the next step`)
    case 'restoring':
      return info(`putting the old weights back: ${percentsText(event.weights)}`)
    case 'release-trouble':
      return [
        { level: 'warning', text: `Not done yet, trying again until the time is up: ${event.why}` },
      ]
    case 'restored':
      return info(
        `put back: ${percentsText(event.weights)}, ${timeText(event.sinceFirstWriteMs)} after the first write; looking whether the gateway acts on it`,
      )
    case 'journal-removed':
      return info('journal removed from the VirtualService')
    case 'finished':
      return closingLines(event.outcome)
    case 'api-call':
      return callLines(event.call)
    case 'journal':
    case 'awaited-switch':
    case 'sampled-further':
    case 'restore-checked':
      return []
  }
}

function planLines(plan: PlannedRun): string[] {
  const [check] = plan.checks
  const cost = check
    ? `, about ${Math.round(check.plan.mean)} connections (${check.limit} at most) for the ${plan.checks.length > 1 ? 'first ' : ''}proof`
    : ''
  const skipped = skippedLines(plan.skipped)
  if (plan.unchanged)
    return [
      `entry ${plan.rule}: to prove ${percentsText(plan.weights)}, nothing to write${cost}`,
      ...skipped,
    ]
  const added = plan.added === undefined ? '' : ` (adds ${plan.added})`
  return [
    `entry ${plan.rule}: ${presentText(plan)} -> ${plan.steps.map((step) => percentsText(step)).join(' -> ')}${added}${cost}`,
    ...skipped,
    `new weights close the connections that are open now when the gateway has drained its old listener (45 s by default)${plan.steps.length > 1 ? ', at each step' : ''}`,
  ]
}

function skippedLines(steps: readonly number[]): string[] {
  if (steps.length === 0) return []
  const percents = steps.map((step) => `${step}%`).join(', ')
  return [
    `steps skipped: ${percents}, not between the weight that is in force by then and the last one`,
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

function decisionText(ended: Attempt, again: boolean): string {
  const decision = ended.decision ?? 'undecided'
  return again ? `${decision}, another attempt follows` : decision
}

/** `v1 80%, v2 20%, 3 without a known reply`, of one attempt or of several together. */
export function observedOf(
  check: Check,
  now: Pick<Attempt, 'counts' | 'samples' | 'unclassified'>,
): string {
  const observed = observedIn(check.names, now)
  if (now.samples === 0) return 'none of them answered yet'
  if (observed === undefined) return 'no reply that expect knows'
  const lost = now.unclassified > 0 ? `, ${now.unclassified} without a known reply` : ''
  return `${percentsText(observed)}${lost}`
}

function replyCounts(byDestination: Readonly<Record<string, number>>): string {
  return Object.entries(byDestination)
    .map(([name, count]) => `${count} from ${name}`)
    .join(', ')
}

/** A call that the API server could not answer, so that it is tried again or ends the run; others are routine. */
function callLines({ method, path, outcome, tookMs }: ApiCall): LogLine[] {
  const failed = typeof outcome === 'string' || outcome === 429 || outcome >= 500
  if (!failed) return []
  return info(`${method} ${path.replace(/\?.*/s, '')}: ${outcome}, after ${timeText(tookMs)}`)
}

function info(...texts: string[]): LogLine[] {
  return texts.map((text) => ({ level: 'info', text }))
}
