import { FENCE, isLive, type Journal, readJournal } from '../../journal/journal.ts'
import { clockText, whoseText } from '../../journal/journal-view.ts'
import { locked } from '../../journal/locked.ts'
import { toolCommand } from '../../journal/manual-command.ts'
import { restore } from '../../journal/restore/restore.ts'
import { unusableRemedy, unusableText } from '../../journal/unusable-journal.ts'
import { stopFor } from '../../kube/api-problem.ts'
import type { Resource } from '../../kube/resources.ts'
import { warning } from '../../problem/problem.ts'
import { RunError } from '../../problem/run-error.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Context } from '../model/context.ts'
import { deadOriginal } from '../rollback/restore-blocked-by.ts'
import { undone } from './undone.ts'

/**
 * Deals with the journal that another run left on the object. A run that may be alive is respected,
 * and what an interrupted one left is undone first. `verify` and `plan` only say what they see.
 * Returns the object as it is then.
 */
export async function recover(
  context: Context,
  object: RouteObject,
  resource: Resource,
  signal: AbortSignal,
): Promise<RouteObject> {
  const found = readJournal(object)
  const readOnly = context.options.mode !== 'shift'
  if (found.kind === 'none')
    return FENCE in object.annotations && !readOnly
      ? takeFenceDown(context, object, resource, signal)
      : object
  if (found.kind !== 'found') {
    const what = unusableText(object, found)
    const remedy = unusableRemedy(context.api.context, object, found)
    if (readOnly) return saw(context, object, what, remedy)
    throw new RunError('ITS-LOCKED', `${what} Nothing was written.`, remedy)
  }
  const { journal } = found
  const nowMs = context.api.nowMs() ?? Date.now()
  const live = isLive(journal, nowMs, { run: context.run.id, attempt: context.run.attempt })
  if (readOnly) return sawRun(context, object, journal, live)
  if (live) throw locked(object, journal, context.api.context, nowMs)
  const whose = whoseText(journal, nowMs)
  context.emit({ kind: 'recovering', run: whose })
  return rollBackRun(context, object, resource, journal, whose, signal)
}

/** A fence that post was killed before it could take down; what it was for, it has done. */
async function takeFenceDown(
  context: Context,
  object: RouteObject,
  resource: Resource,
  signal: AbortSignal,
): Promise<RouteObject> {
  const done = await restore(
    {
      api: context.api,
      resource,
      owner: '',
      uid: object.uid,
      seen: object,
      known: undefined,
      weights: 'leave',
      fence: false,
      blockedBy: async () => undefined,
    },
    signal,
  ).catch((error: unknown) => {
    throw stopFor(error, 'removing the fence of a post step that was killed')
  })
  // Made anew in between: the write will meet what is there, and say so.
  return done.kind === 'gone' ? object : unlessJournaled(context, done.object, resource, signal)
}

/** Another run may have been faster, and at work by now: its journal is dealt with like one that was there from the first. */
async function unlessJournaled(
  context: Context,
  object: RouteObject,
  resource: Resource,
  signal: AbortSignal,
): Promise<RouteObject> {
  const hasJournal = readJournal(object).kind !== 'none'
  return hasJournal ? recover(context, object, resource, signal) : object
}

async function rollBackRun(
  context: Context,
  object: RouteObject,
  resource: Resource,
  journal: Journal,
  whose: string,
  signal: AbortSignal,
): Promise<RouteObject> {
  const done = await restore(
    {
      api: context.api,
      resource,
      owner: journal.owner,
      uid: object.uid,
      seen: object,
      known: undefined,
      weights: 'as-journal',
      fence: false,
      blockedBy: deadOriginal(context.api, context.workloads, resource.version, signal),
      onTrouble: (why) => context.emit({ kind: 'release-trouble', why }),
    },
    signal,
  ).catch((error: unknown) => {
    throw stopFor(error, `undoing the interrupted run ${whose}`)
  })
  const what = undone(context, object, journal, whose, done)
  context.emit({ kind: 'recovered', run: whose, what })
  return done.object ? unlessJournaled(context, done.object, resource, signal) : object
}

/** What a run that writes nothing says of another run's journal. */
function sawRun(
  context: Context,
  object: RouteObject,
  journal: Journal,
  live: boolean,
): RouteObject {
  const { context: name } = context.api
  const nowMs = context.api.nowMs() ?? Date.now()
  const whose = whoseText(journal, nowMs)
  const what = live
    ? `Another run is shifting ${object.namespace}/${object.name}: ${whose}, until ${clockText(journal.expires, nowMs)} at the latest. The weights may change.`
    : `${object.namespace}/${object.name} still has the journal of an interrupted run, ${whose}. Its weights may be those of that run.`
  const [mode, words] = live
    ? (['status', 'To see whether it has ended:'] as const)
    : ([
        'rollback',
        'The next shift restores the weights from before it. To restore them now:',
      ] as const)
  return saw(context, object, what, `${words}\n  ${toolCommand(mode, name, object)}`)
}

function saw(context: Context, object: RouteObject, what: string, remedy: string): RouteObject {
  context.emit({ kind: 'finding', finding: warning('ITS-PREFLIGHT', what, remedy) })
  return object
}
