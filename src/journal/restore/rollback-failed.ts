import type { ClusterFlags } from '../../kube/kubectl.ts'
import { RunError } from '../../problem/run-error.ts'
import { sentence } from '../../problem/sentence.ts'
import { kindNamed } from '../../routes/kinds.ts'
import { weightsText } from '../../routes/percents.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { sharesOf, withDestinations } from '../../routes/rule.ts'
import { findRule } from '../../routes/rule-identity.ts'
import { plainDestinations } from '../../routes/weights/stamps.ts'
import { sameWritten, type WrittenDestinations } from '../../routes/written-destinations.ts'
import { confirmedStep, JOURNAL } from '../journal.ts'
import { removeJournalCommand, showCommand } from '../manual-command.ts'
import { readJournal } from '../read-journal.ts'
import { ruleNow } from '../rule-now.ts'
import { hadText, wayBackCommand, weightsNow, weightsRestored } from '../way-back.ts'
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
  const writes = writesOf(written)
  const now = seen && ruleNow(seen, writes)
  const isBefore = now?.kind === 'as-before'
  const isStep = now?.kind === 'as-confirmed' || keepsStep(written)
  if (journal.onFailure === 'keep' || isBefore || isStep) {
    const { before = writes.original } = writes
    const keeps = isBefore
      ? `has the weights from before the run again (${sharesText(written, object, before)})`
      : isStep
        ? `has the weights of the last confirmed step (${weightsRestored(writes)})`
        : 'keeps the weights of this run'
    return new RunError(
      obstacle?.code ?? 'ITS-JOURNAL-NOT-REMOVED',
      `${name} ${keeps}, but the journal of this run could not be removed. ${reason}`,
      `Remove it with kubectl:\n  ${removeJournalCommand(cluster, object)}`,
    )
  }
  const has = sharesText(written, object, written.sent.at(-1) ?? journal.written)
  const state = seen
    ? `${name} has ${weightsNow(seen, writes) ?? 'another rule'} now. ${hadText(writes, 'the run')}`
    : `${name} may still have the weights of this run (${has}) and its journal, the annotation ${JOURNAL}. ${hadText(writes, 'the run')}`
  return new RunError(
    obstacle?.code ?? 'ITS-ROLLBACK-FAILED',
    `${state} ${writes.before === undefined ? 'The previous weights' : 'The weights of that step'} could not be restored. ${reason}${seen ? ` ${journalState(seen)}` : ''}`,
    `Restore them with kubectl:\n  ${wayBackCommand(cluster, seen ?? object, writes)}`,
  )
}

/** The run had sent nothing since its last confirmed step, so only the journal, and stamps, are to be removed. */
function keepsStep({ journal, sent, pending }: Written): boolean {
  const step = confirmedStep(journal)
  const last = sent.at(-1)
  if (step === undefined || last === undefined || pending) return false
  const { format } = kindNamed(journal.kind)
  return sameWritten(plainDestinations(last, format), plainDestinations(step, format))
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
