import { kubectl } from '../../kube/kubectl.ts'
import { RunError } from '../../problem/run-error.ts'
import { percentsOf, percentsText } from '../../rollout/model/percents.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { sharesOf, withDestinations } from '../../routes/rule.ts'
import { findRuleByIdentity } from '../../routes/rule-identity.ts'
import { sameWritten, type WrittenDestinations } from '../../routes/written-destinations.ts'
import { JOURNAL, type Journal, journalText } from '../journal.ts'

/** A write that was stored otherwise than it was sent: what is there, to be undone, and what is to be said. */
export type WebhookChange = { routes: WrittenDestinations; stop: RunError }

/**
 * What the API server has made of a write, where that is not what was sent: other destinations, or
 * another journal than the run's. Weights without the journal would have no way back on the object.
 */
export type Difference =
  | { kind: 'routes'; routes: WrittenDestinations }
  | { kind: 'journal'; routes: WrittenDestinations; how: 'removes' | 'changes' }

/** Compares what a write or its dry run was answered with to what was sent. */
export function differenceIn(answer: RouteObject, journal: Journal): Difference | undefined {
  const routes = findRuleByIdentity(answer, journal.match, journal.nth)?.written
  if (routes !== undefined && !sameWritten(routes, journal.written))
    return { kind: 'routes', routes }
  const stored = answer.annotations[JOURNAL]
  if (stored === journalText(journal)) return undefined
  const how = stored === undefined ? 'removes' : 'changes'
  return { kind: 'journal', routes: routes ?? journal.written, how }
}

/** Why nothing is written where an admission webhook changes a write that is only tried, and what to do. */
export function whyNotWritten(difference: Difference): string {
  return difference.kind === 'routes'
    ? 'an admission webhook changes the weights on their way in: the dry run did not give back what was sent'
    : `an admission webhook ${difference.how} the annotation ${JOURNAL}, in which a run records the previous weights: the dry run did not give it back as it was sent`
}

/**
 * Whether the API server has stored something else than the write had. A mutating webhook that the
 * dry run did not reach, or that came after it, is seen here first; only the run itself can tell now
 * that these routes are its own to restore.
 */
export function webhookChange(
  stored: RouteObject,
  journal: Journal,
  names: readonly string[],
  context: string | undefined,
): WebhookChange | undefined {
  const difference = differenceIn(stored, journal)
  const rule = findRuleByIdentity(stored, journal.match, journal.nth)
  if (!difference) return undefined
  const text = (routes: WrittenDestinations) =>
    rule ? percentsText(percentsOf(names, sharesOf(withDestinations(rule, routes)))) : 'others'
  const what =
    difference.kind === 'routes'
      ? `an admission webhook changed the write on its way in: ${text(difference.routes)} were stored, not ${text(journal.written)} as they were sent`
      : `an admission webhook ${difference.how === 'removes' ? 'removed' : 'changed'} the annotation ${JOURNAL} on its way in, in which a run records the previous weights`
  return {
    routes: difference.routes,
    stop: new RunError('ITS-CHANGED-BY-OTHER', what, findWebhooks(context)),
  }
}

/** How to find the webhook that changes a VirtualService. */
export function findWebhooks(context: string | undefined): string {
  return `Find the mutating webhook for virtualservices:\n  ${kubectl(context)} get mutatingwebhookconfigurations`
}
