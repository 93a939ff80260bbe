import { entryShares, entryWithRoutes } from '../mesh/entry.ts'
import { findEntryAgain } from '../mesh/find-entry.ts'
import { type JsonObject, sameJson } from '../mesh/json.ts'
import { kubectl } from '../mesh/kubectl.ts'
import type { RouteObject } from '../mesh/route-object.ts'
import type { Journal } from './journal.ts'
import { Stop } from './outcome.ts'
import { percentsOf, percentsText } from './percents.ts'

/** A write that was stored otherwise than it was sent: what is there, to be undone, and what is to be said. */
export type ChangedOnTheWay = { routes: readonly JsonObject[]; stop: Stop }

/**
 * Whether the API server has stored other routes than the write had. A mutating webhook that the dry
 * run did not reach, or that came after it, is seen here first; nobody else could know then that
 * these routes are the run's to take back.
 */
export function changedOnTheWay(
  stored: RouteObject,
  { match, nth, written }: Journal,
  names: readonly string[],
  context: string | undefined,
): ChangedOnTheWay | undefined {
  const entry = findEntryAgain(stored, match, nth)
  if (!entry || sameJson([...entry.routes], [...written])) return undefined
  const text = (routes: readonly JsonObject[]) =>
    percentsText(percentsOf(names, entryShares(entryWithRoutes(entry, routes))))
  const what = `an admission webhook changed the write on its way in: ${text(entry.routes)} were stored, not ${text(written)} as they were sent`
  return {
    routes: entry.routes,
    stop: new Stop('error', 'changed-by-other', what, findWebhooks(context)),
  }
}

/** How to find the webhook that changes a VirtualService. */
export function findWebhooks(context: string | undefined): string {
  return `Find the mutating webhook for virtualservices:\n  ${kubectl(context)} get mutatingwebhookconfigurations`
}
