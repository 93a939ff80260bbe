import { ApiError } from '../mesh/api-error.ts'
import { findEntryAgain } from '../mesh/find-entry.ts'
import { grantingRule, type Resource } from '../mesh/resources.ts'
import type { RouteObject } from '../mesh/route-object.ts'
import type { Context } from './context.ts'
import { endOfError } from './ended.ts'
import { GaveUp } from './gave-up.ts'
import { type Journal, readJournal } from './journal.ts'
import { percentsNow, rulesText, viewOf, whoseText } from './journal-view.ts'
import { locked } from './locked.ts'
import { deadOriginal } from './obstacle.ts'
import { type Outcome, Stop } from './outcome.ts'
import { percentsText } from './percents.ts'
import { type PutBack, putBack } from './put-back.ts'
import { readObject } from './read-object.ts'
import { stopFor } from './refused.ts'
import { restoreCommand, showCommand } from './restore-command.ts'
import { type Found, finished, sayStarted } from './status.ts'
import { limits, type TimeLimits } from './time-limits.ts'
import { unusableMend, unusableText } from './unusable-journal.ts'

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

/** What is to be rolled back, as it was found. */
type Order = { object: RouteObject; resource: Resource; journal: Journal; whose: string }

async function attempt(context: Context, time: TimeLimits): Promise<Found> {
  sayStarted(context)
  const { object, resource } = await readObject(context, time.work)
  const found = readJournal(object)
  if (found.kind === 'none') return nothingToRestore(object, 'No run is in progress on')
  if (found.kind !== 'found') {
    const mend = unusableMend(context.api.context, object, found)
    const message = `${unusableText(object, found)} Nothing was written.`
    throw new Stop('error', 'rollback-failed', message, mend)
  }
  const { journal } = found
  const nowMs = context.api.nowMs() ?? Date.now()
  const view = viewOf(object, journal, nowMs)
  context.emit({ kind: 'journal', journal: view })
  const order = { object, resource, journal, whose: whoseText(view, nowMs) }
  const signal = time.settle()
  // A cancel from here on leaves less time; what became of the restore is said all the same.
  return putBack(putBackOrder(context, order, signal), signal).then(
    (done) => endOf(context, order, done),
    (error: unknown) => notRestored(context, order, error),
  )
}

function putBackOrder(context: Context, { object, resource, journal }: Order, signal: AbortSignal) {
  return {
    api: context.api,
    resource,
    owner: journal.owner,
    uid: object.uid,
    seen: object,
    known: undefined,
    weights: 'restore' as const,
    fence: false,
    obstacle: deadOriginal(context.api, context.workloads, resource.version, signal),
    onTrouble: (why: string) => context.emit({ kind: 'settling-trouble', why }),
  }
}

function nothingToRestore(object: RouteObject, why: string): Found {
  const name = nameOf(object)
  return {
    verdict: 'restored',
    reason: 'nothing-to-restore',
    message: [`${why} ${name}. Nothing was written.`, ...rulesText(object)].join('\n'),
    mend: '',
  }
}

function endOf(context: Context, order: Order, done: PutBack): Found {
  const { object, journal, whose } = order
  const name = nameOf(object)
  const previousWeights = percentsNow(object, journal)
  if (done.kind === 'gone')
    return byOther(
      `${name} was deleted or recreated during the rollback. Nothing was restored.`,
      '',
    )
  const weights = percentsNow(done.object, journal)
  const known = { previousWeights, weights }
  const now = weights ? percentsText(weights) : 'its rule is gone'
  switch (done.kind) {
    case 'restored':
      return {
        verdict: 'restored',
        reason: 'restored',
        message: `${name} is restored: ${now}. The weights were written by ${whose}. If that run is still at work, it ends as changed-by-other.`,
        mend: '',
        ...known,
        rolledBack: true,
      }
    case 'changed-by-other':
      return {
        ...byOther(
          `${name} was not restored: somebody else changed the weights after ${whose} wrote them. Theirs stay (${now}). Only the journal was removed.`,
          `See what is in force:\n  ${showCommand(context.api.context, done.object)}`,
        ),
        ...known,
      }
    case 'blocked':
      return {
        verdict: 'error',
        reason: 'rollback-failed',
        message: `${name} still has the weights of ${whose}: ${now}. The weights from before that run cannot be restored: ${done.why}.`,
        mend: byHand(context, order),
        ...known,
      }
    case 'nothing-of-ours':
    case 'mark-removed':
      return endedByItself(context, order, done.object)
  }
}

/** The run whose journal was found has ended in between. Another one may have begun, and is not rolled back unseen. */
function endedByItself(context: Context, { journal }: Order, object: RouteObject): Found {
  const found = readJournal(object)
  const nowMs = context.api.nowMs() ?? Date.now()
  if (found.kind === 'found') throw locked(object, found.journal, context.api.context, nowMs)
  return {
    ...nothingToRestore(object, 'The run ended by itself during the rollback of'),
    weights: percentsNow(object, journal),
  }
}

/** The restore was refused, or its answer never came. */
function notRestored(context: Context, order: Order, error: unknown): Found {
  const { object, journal, whose, resource } = order
  const stop = stopFor(error, 'the write that restores them')
  const last = error instanceof GaveUp ? error.last : error
  const refused = last instanceof ApiError && [401, 403].includes(last.status ?? 0)
  const present = percentsNow(object, journal)
  const had = present ? `: ${percentsText(present)}` : ''
  const reason = refused ? 'access' : 'rollback-failed'
  const may = refused ? 'still has' : 'may still have'
  const forbidden = last instanceof ApiError && last.status === 403
  const grant = forbidden ? `${grantingRule(resource, 'patch')}\n` : ''
  return {
    verdict: 'error',
    reason,
    message: `${nameOf(object)} ${may} the weights of ${whose}${had}. The weights from before that run could not be restored. ${stop.message}`,
    mend: `${grant}${byHand(context, order)}`,
    previousWeights: present,
    weights: refused ? present : undefined,
  }
}

function byHand({ api }: Context, { object, journal }: Order): string {
  const entry = findEntryAgain(object, journal.match, journal.nth)
  const command = entry
    ? restoreCommand(api.context, object, entry, journal.restoreTo)
    : showCommand(api.context, object)
  return `Run the rollback again, or restore them with kubectl:\n  ${command}`
}

function byOther(message: string, mend: string): Found {
  return { verdict: 'error', reason: 'changed-by-other', message, mend }
}

function nameOf({ namespace, name }: RouteObject): string {
  return `${namespace}/${name}`
}
