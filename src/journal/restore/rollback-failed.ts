import type { ClusterFlags } from '../../kube/kubectl.ts'
import { RunError } from '../../problem/run-error.ts'
import { sentence } from '../../problem/sentence.ts'
import { weightsText } from '../../routes/percents.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { sharesOf, withDestinations } from '../../routes/rule.ts'
import { findRule } from '../../routes/rule-identity.ts'
import type { WrittenDestinations } from '../../routes/written-destinations.ts'
import { JOURNAL } from '../journal.ts'
import { removeJournalCommand, showCommand } from '../manual-command.ts'
import { readJournal } from '../read-journal.ts'
import { ruleNow } from '../rule-now.ts'
import { wayBackCommand, weightsNow } from '../way-back.ts'
import type { Written } from '../write/written.ts'
import { writesOf } from './released.ts'
import type { Obstacle } from './restored.ts'

/** The error for a write that got no answer, and that may still be stored, as the API server refused the fence. */
export function writeMayFollow(cluster: ClusterFlags, object: RouteObject): RunError {
  return new RunError(
    'ITS-WRITE-MAY-FOLLOW',
    `${nameOf(object)} has nothing from this run so far. A write of this run got no answer and may still be stored, since the API server refused the write that would have prevented it.`,
    `Check in a minute whether it was stored:\n  ${showCommand(cluster, object)}`,
  )
}

/**
 * The error for an object that could not be released, with the commands that release it.
 *
 * @param why what the restore failed with, or what spoke against it
 * @param seen the object as it is now, where that is known
 */
export function rollbackFailed(
  cluster: ClusterFlags,
  written: Written,
  why: string | Obstacle,
  seen?: RouteObject,
): RunError {
  const { object, journal } = written
  const obstacle = typeof why === 'string' ? undefined : why
  const reason = typeof why === 'string' ? sentence(why) : why.what
  const name = nameOf(object)
  const had = sharesText(written, object, journal.original)
  const now = seen && ruleNow(seen, writesOf(written))
  const isRestored = now?.kind === 'as-before'
  if (journal.onFailure === 'keep' || isRestored) {
    const keeps = isRestored
      ? `has the weights from before the run again (${had})`
      : 'keeps the weights of this run'
    return new RunError(
      obstacle?.code ?? 'ITS-JOURNAL-NOT-REMOVED',
      `${name} ${keeps}, but the journal of this run could not be removed. ${reason}`,
      `Remove it with kubectl:\n  ${removeJournalCommand(cluster, object)}`,
    )
  }
  const has = sharesText(written, object, written.sent.at(-1) ?? journal.written)
  const state = seen
    ? `${name} has ${weightsNow(seen, writesOf(written)) ?? 'another rule'} now. Before the run it had ${had}.`
    : `${name} may still have the weights of this run (${has}) and its journal, the annotation ${JOURNAL}. Before the run it had ${had}.`
  return new RunError(
    obstacle?.code ?? 'ITS-ROLLBACK-FAILED',
    `${state} The previous weights could not be restored. ${reason}${seen ? ` ${journalState(seen)}` : ''}`,
    `Restore them with kubectl:\n  ${wayBackCommand(cluster, seen ?? object, writesOf(written))}`,
  )
}

function journalState(object: RouteObject): string {
  return readJournal(object).kind === 'none'
    ? `The journal (annotation ${JOURNAL}) is not on the object, so a later run cannot restore them.`
    : `The journal (annotation ${JOURNAL}) stays, so a rollback or the next shift can restore them.`
}

/** `v1 80%, v2 20%`, of a list of destinations of the run's rule. */
function sharesText(
  { names, journal }: Written,
  object: RouteObject,
  routes: WrittenDestinations,
): string {
  const rule = findRule(object, journal)
  if (rule === undefined) return 'others'
  const shares = sharesOf(withDestinations(rule, routes))
  // A destination that the list lacks has no weight, not even 0%.
  return weightsText(names.slice(0, shares.length), shares)
}

function nameOf({ namespace, name }: RouteObject): string {
  return `${namespace}/${name}`
}
