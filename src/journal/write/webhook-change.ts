import { type ClusterFlags, kubectl } from '../../kube/kubectl.ts'
import { type Problem, problem } from '../../problem/problem.ts'
import { RunError } from '../../problem/run-error.ts'
import { weightsText } from '../../routes/percents.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { sharesOf, withDestinations } from '../../routes/rule.ts'
import { findRule } from '../../routes/rule-identity.ts'
import { sameWritten, type WrittenDestinations } from '../../routes/written-destinations.ts'
import { JOURNAL, type Journal, journalText } from '../journal.ts'

/** A write that was stored differently from how it was sent: the destinations that are there, and the error for the run. */
export type WebhookChange = { routes: WrittenDestinations; stop: RunError }

/**
 * How what the API server has made of a write differs from what was sent: other destinations, or another journal.
 * Without the journal nothing on the object says what the previous weights were.
 */
export type Difference =
  | { kind: 'routes'; routes: WrittenDestinations }
  | { kind: 'journal'; routes: WrittenDestinations; how: 'removes' | 'changes' }

/** Compares the answer to a write, or to its dry run, with what was sent. */
export function differenceIn(answer: RouteObject, journal: Journal): Difference | undefined {
  const routes = findRule(answer, journal)?.written
  if (routes !== undefined && !sameWritten(routes, journal.written))
    return { kind: 'routes', routes }
  const stored = answer.annotations[JOURNAL]
  if (stored === journalText(journal)) return undefined
  const how = stored === undefined ? 'removes' : 'changes'
  return { kind: 'journal', routes: routes ?? journal.written, how }
}

/** The problem where the dry run shows that an admission webhook would change the write. */
export function webhookProblem(difference: Difference, cluster: ClusterFlags): Problem {
  const what =
    difference.kind === 'routes'
      ? 'An admission webhook changes the weights of the write: the dry run returned different weights than were sent.'
      : `An admission webhook ${difference.how} the annotation ${JOURNAL}, in which a run records the previous weights: the dry run did not return it as it was sent.`
  return problem('ITS-WEBHOOK-CHANGES-WRITE', what, findWebhooks(cluster))
}

/**
 * Whether the API server has stored something other than what was sent. A mutating webhook that the dry run did not
 * reach, or that was installed after it, first shows here. Only the run itself can know that these weights are its own.
 */
export function webhookChange(
  stored: RouteObject,
  journal: Journal,
  names: readonly string[],
  cluster: ClusterFlags,
): WebhookChange | undefined {
  const difference = differenceIn(stored, journal)
  const rule = findRule(stored, journal)
  if (!difference) return undefined
  const text = (routes: WrittenDestinations) =>
    rule ? weightsText(names, sharesOf(withDestinations(rule, routes))) : 'another rule'
  const what =
    difference.kind === 'routes'
      ? `An admission webhook changed the write: ${text(difference.routes)} was stored instead of ${text(journal.written)}.`
      : `An admission webhook ${difference.how === 'removes' ? 'removed' : 'changed'} the annotation ${JOURNAL} of the write, in which a run records the previous weights.`
  return {
    routes: difference.routes,
    stop: new RunError('ITS-WEBHOOK-CHANGED-WRITE', what, findWebhooks(cluster)),
  }
}

/** How to find the webhook that changes a route object. */
function findWebhooks(cluster: ClusterFlags): string {
  return `Find the mutating webhook for the object, and exempt the object from it:\n  ${kubectl(cluster)} get mutatingwebhookconfigurations`
}
