import { readJournal } from '../../journal/journal.ts'
import { percentsNow, rulesText, viewOf, weightsOf, whoseText } from '../../journal/journal-view.ts'
import { locked } from '../../journal/locked.ts'
import { restoreCommand, showCommand } from '../../journal/manual-command.ts'
import { readConfirmed } from '../../journal/restore/confirmed-read.ts'
import { type Restored, restore } from '../../journal/restore/restore.ts'
import { unusableRemedy, unusableText } from '../../journal/unusable-journal.ts'
import { isAppliedByOthers, managedFieldsOf, stillOwned } from '../../kube/field-owners.ts'
import { type Problem, warning } from '../../problem/problem.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { findRuleByIdentity } from '../../routes/rule-identity.ts'
import type { Context } from '../model/context.ts'
import type { Outcome } from '../model/outcome.ts'
import { percentsText } from '../model/percents.ts'
import { deadOriginal } from '../rollback/restore-blocked-by.ts'
import { limits, type TimeLimits } from '../time-limits.ts'
import { endOfError } from '../verdict-text.ts'
import { beforeText, byHand, notRestored, type Order } from './not-restored.ts'
import { type Found, finished, sayStarted } from './status.ts'

/** Somebody waits for it: as long as post has, and no longer, although `timeout` allows more by default. */
const MOST_MS = 60_000

/**
 * mode: rollback. Restores what another run recorded in the journal, also while that run still lives:
 * the restore moves the object's version and removes the journal, so no later write of that run is
 * accepted. Never rejects.
 */
export async function rollBack(context: Context): Promise<Outcome> {
  const { mode, timeoutMs } = context.options
  const time = limits({ ...context, options: { mode, timeoutMs: Math.min(timeoutMs, MOST_MS) } })
  const found = await attempt(context, time).catch((error: unknown) => endOfError(context, error))
  time.end()
  return finished(context, found)
}

async function attempt(context: Context, time: TimeLimits): Promise<Found> {
  sayStarted(context)
  const { object, resource, unconfirmed } = await readConfirmed(context, time.work)
  const found = readJournal(object)
  if (found.kind !== 'found' && unconfirmed !== undefined)
    context.emit({ kind: 'finding', finding: notConfirmed(object, unconfirmed) })
  if (found.kind === 'none') return nothingToRestore(context, object, 'No run is in progress on')
  if (found.kind !== 'found')
    return {
      verdict: 'error',
      reason: 'rollback-failed',
      message: `${unusableText(object, found)} Nothing was written.`,
      remedy: unusableRemedy(context.api.context, object, found),
      weights: weightsOf(object, context.options),
    }
  const { journal } = found
  const nowMs = context.api.nowMs() ?? Date.now()
  const view = viewOf(object, journal, nowMs)
  context.emit({ kind: 'journal', journal: view })
  const order = { object, resource, journal, view, whose: whoseText(view, nowMs) }
  const signal = time.release()
  // A cancel from here on leaves less time; what became of the restore is said all the same.
  return restore(restoreTask(context, order, signal), signal).then(
    (done) => endOf(context, order, done),
    (error: unknown) => notRestored(context, order, error, time.release()),
  )
}

function restoreTask(context: Context, { object, resource, journal }: Order, signal: AbortSignal) {
  return {
    api: context.api,
    resource,
    owner: journal.owner,
    uid: object.uid,
    seen: object,
    known: undefined,
    weights: 'restore' as const,
    fence: false,
    blockedBy: deadOriginal(context.api, context.workloads, resource.version, signal),
    onTrouble: (why: string) => context.emit({ kind: 'release-trouble', why }),
  }
}

/** The warning where the API server let nobody compare a read with what is stored. */
function notConfirmed(object: RouteObject, why: string): Problem {
  return warning(
    'ITS-PREFLIGHT',
    `Whether the API server's answer about ${nameOf(object)} was current could not be confirmed by a dry run: ${why}`,
    'A cache or a mirror in front of the API server may answer with an old version. Look again with the mode status, or allow this tool to patch the object.',
  )
}

function nothingToRestore(context: Context, object: RouteObject, why: string): Found {
  const name = nameOf(object)
  return {
    verdict: 'restored',
    reason: 'nothing-to-restore',
    message: [`${why} ${name}. Nothing was written.`, ...rulesText(object)].join('\n'),
    remedy: '',
    weights: weightsOf(object, context.options),
  }
}

function endOf(context: Context, order: Order, done: Restored): Found {
  const { object, journal, view, whose } = order
  const name = nameOf(object)
  const previousWeights = percentsNow(object, journal)
  if (done.kind === 'gone')
    return byOther(
      `${name} was deleted or recreated during the rollback. Nothing was restored.${beforeText(view)}`,
      '',
    )
  const weights = percentsNow(done.object, journal)
  const known = { previousWeights: view.restoreTo, weights }
  const now = weights ? percentsText(weights) : 'its rule is gone'
  switch (done.kind) {
    case 'restored':
      warnOfOwner(context, done.object)
      return {
        verdict: 'restored',
        reason: 'restored',
        message: `${name} is restored: ${now}. The weights were written by ${whose}. If that run is still at work, it ends as changed-by-other.`,
        remedy: '',
        previousWeights,
        weights,
        rolledBack: true,
      }
    case 'changed-by-other':
      return {
        ...byOther(
          weights
            ? `${name} was not restored: somebody else changed the weights after ${whose} wrote them. Theirs stay (${now}). Only the journal was removed.${beforeText(view)}`
            : `${name} was not restored: the rule that ${whose} wrote is gone. Only the journal was removed.${beforeText(view)}`,
          orRestore(context, { ...order, object: done.object }),
        ),
        ...known,
      }
    case 'blocked':
      return {
        verdict: 'error',
        reason: 'rollback-failed',
        message: `${name} still has the weights of ${whose}: ${now}. The weights from before that run cannot be restored: ${done.why}.`,
        remedy: byHand(context, order),
        ...known,
      }
    case 'nothing-of-ours':
    case 'journal-removed':
      return endedByItself(context, order, done.object)
  }
}

/** The run whose journal was found has ended in between. Another one may have begun, and is not rolled back unseen. */
function endedByItself(context: Context, { journal }: Order, object: RouteObject): Found {
  const found = readJournal(object)
  const nowMs = context.api.nowMs() ?? Date.now()
  if (found.kind === 'found') throw locked(object, found.journal, context.api.context, nowMs)
  return {
    ...nothingToRestore(context, object, 'The run ended by itself during the rollback of'),
    weights: percentsNow(object, journal),
  }
}

/** The commands after a rollback that kept weights of somebody else: the journal, which had the former ones, is gone. */
function orRestore({ api }: Context, { object, journal, view }: Order): string {
  const see = `See what is in force:\n  ${showCommand(api.context, object)}`
  const rule = findRuleByIdentity(object, journal.match, journal.nth)
  return rule
    ? `${see}\nTo restore ${percentsText(view.restoreTo)} all the same:\n  ${restoreCommand(api.context, object, rule, journal.restoreTo)}`
    : see
}

/** A rollback does not know who owned the fields before the run; only who applies server-side notices. */
function warnOfOwner({ emit }: Context, object: RouteObject): void {
  if (isAppliedByOthers(managedFieldsOf(object.raw)))
    emit({ kind: 'finding', finding: stillOwned(object.name) })
}

function byOther(message: string, remedy: string): Found {
  return { verdict: 'error', reason: 'changed-by-other', message, remedy }
}

function nameOf({ namespace, name }: RouteObject): string {
  return `${namespace}/${name}`
}
