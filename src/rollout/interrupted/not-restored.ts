import type { Journal } from '../../journal/journal.ts'
import { type JournalView, percentsNow } from '../../journal/journal-view.ts'
import { removeJournalCommand, restoreCommand, showCommand } from '../../journal/manual-command.ts'
import { ApiError } from '../../kube/api-error.ts'
import { stopForWrite } from '../../kube/api-problem.ts'
import { GaveUp } from '../../kube/gave-up.ts'
import type { Resource } from '../../kube/resources.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { findRuleByIdentity } from '../../routes/rule-identity.ts'
import type { Context } from '../model/context.ts'
import { percentsText } from '../model/percents.ts'
import type { Found } from './status.ts'

/** What is to be rolled back, as it was found. */
export type Order = {
  object: RouteObject
  resource: Resource
  journal: Journal
  view: JournalView
  whose: string
}

/** The end of a rollback whose write was refused, or was not answered. */
export async function notRestored(
  context: Context,
  order: Order,
  error: unknown,
  signal: AbortSignal,
): Promise<Found> {
  const { api } = context
  const { object, journal, resource, view } = order
  const last = error instanceof GaveUp ? error.last : error
  const stop = await stopForWrite(error, { api, resource, doing: 'the write' }, signal)
  const { reason, remedy } = { reason: undefined, remedy: '', ...stop }
  const isDenied = last instanceof ApiError && [401, 403].includes(last.status ?? 0)
  // Only what was refused for certain leaves the weights that were read in force.
  const present = api.mayHaveWritten() ? undefined : percentsNow(object, journal)
  return {
    verdict: 'error',
    reason: reason === 'access' ? 'access' : 'rollback-failed',
    message: `${standing(order, api.mayHaveWritten())} ${sentence(stop.message)}`,
    remedy: [isDenied ? remedy : '', byHand(context, order)].filter(Boolean).join('\n'),
    previousWeights: view.restoreTo,
    weights: present,
  }
}

/** What is true of the object: the weights of the run, or those that somebody else wrote. */
function standing({ object, journal, view, whose }: Order, mayHaveWritten: boolean): string {
  const name = `${object.namespace}/${object.name}`
  const present = percentsNow(object, journal)
  const may = mayHaveWritten ? 'may still have' : 'still has'
  if (view.rollback === 'restore') {
    const now = present ? `: ${percentsText(present)}` : ''
    return `${name} ${may} the weights of ${whose}${now}. The weights from before that run (${percentsText(view.restoreTo)}) could not be restored.`
  }
  const now = present
    ? `Somebody else changed the weights of ${name} after ${whose} wrote them. Theirs stay (${percentsText(present)}).`
    : `The rule of ${name} that ${whose} wrote is gone.`
  return `${now} Nothing was restored, and the journal could not be removed.${beforeText(view)}`
}

/** The weights from before the run. The journal is their last record, and a rollback removes it. */
export function beforeText({ restoreTo }: Pick<JournalView, 'restoreTo'>): string {
  return ` Before that run they were ${percentsText(restoreTo)}.`
}

/** What to do where a rollback did not restore the weights. */
export function byHand(
  { api }: Pick<Context, 'api'>,
  { object, journal, view }: Pick<Order, 'object' | 'journal' | 'view'>,
): string {
  const rule = findRuleByIdentity(object, journal.match, journal.nth)
  if (view.rollback !== 'restore') {
    const removeJournal = `  ${showCommand(api.context, object)}\n  ${removeJournalCommand(api.context, object)}`
    return `Check the weights, then remove the journal:\n${removeJournal}`
  }
  return rule
    ? `Run the rollback again, or restore them with kubectl:\n  ${restoreCommand(api.context, object, rule, journal.restoreTo)}`
    : `Run the rollback again. See what is in force:\n  ${showCommand(api.context, object)}`
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`
}
