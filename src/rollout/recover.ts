import { findEntryAgain } from '../mesh/find-entry.ts'
import { warning } from '../mesh/finding.ts'
import type { Resource } from '../mesh/resources.ts'
import type { RouteObject } from '../mesh/route-object.ts'
import type { Context } from './context.ts'
import { FENCE, isLive, type Journal, readJournal } from './journal.ts'
import { deadOriginal } from './obstacle.ts'
import { Stop } from './outcome.ts'
import { putBack } from './put-back.ts'
import { stopFor } from './refused.ts'
import { restoreCommand, showCommand } from './restore-command.ts'

/**
 * Deals with a mark that another run left on the object: a live run's is respected, a dead run's
 * work is undone first. `verify` and `plan` only say what they see. Returns the object as it is then.
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
  if (found.kind === 'unreadable') {
    if (readOnly) return saw(context, object, 'a mark that cannot be read')
    throw new Stop(
      'error',
      'locked',
      `${object.name} carries a mark of a run that cannot be read, so it is left alone`,
      `Look at it, put the weights right, and remove the annotation:\n  ${showCommand(context.api.context, object)}`,
    )
  }
  const { journal } = found
  const live = isLive(journal, context.api.nowMs() ?? Date.now(), {
    run: context.run.id,
    attempt: context.run.attempt,
  })
  const whose = `run ${journal.run} (attempt ${journal.attempt})`
  if (readOnly)
    return saw(
      context,
      object,
      live
        ? `${whose}, in progress until ${journal.expires} at the latest`
        : `${whose}, which died; the next shift undoes it`,
    )
  if (live) {
    throw new Stop(
      'error',
      'locked',
      `${object.name} is being shifted by ${whose}, until ${journal.expires} at the latest; nothing was touched`,
      'Wait for that run. Should it be dead, a run after that time puts its weights back first.',
    )
  }
  context.emit({ kind: 'recovering', run: whose })
  return undo(context, object, resource, journal, whose, signal)
}

/** A fence that post was killed before it could take down; what it was for, it has done. */
async function takeFenceDown(
  context: Context,
  object: RouteObject,
  resource: Resource,
  signal: AbortSignal,
): Promise<RouteObject> {
  const done = await putBack(
    {
      api: context.api,
      resource,
      owner: '',
      uid: object.uid,
      seen: object,
      known: undefined,
      weights: 'leave',
      fence: false,
      obstacle: async () => undefined,
    },
    signal,
  ).catch((error: unknown) => {
    throw stopFor(error, 'removing the fence of a post step that was killed')
  })
  // Made anew in between: the write will meet what is there, and say so.
  return done.kind === 'gone' ? object : unlessMarked(context, done.object, resource, signal)
}

/** Another run may have been faster, and at work by now: its mark is dealt with like one that was there from the first. */
async function unlessMarked(
  context: Context,
  object: RouteObject,
  resource: Resource,
  signal: AbortSignal,
): Promise<RouteObject> {
  const isMarked = readJournal(object).kind !== 'none'
  return isMarked ? recover(context, object, resource, signal) : object
}

async function undo(
  context: Context,
  object: RouteObject,
  resource: Resource,
  journal: Journal,
  whose: string,
  signal: AbortSignal,
): Promise<RouteObject> {
  const done = await putBack(
    {
      api: context.api,
      resource,
      owner: journal.owner,
      uid: object.uid,
      seen: object,
      known: undefined,
      weights: 'as-journal',
      fence: false,
      obstacle: deadOriginal(context.api, context.workloads, resource.version, signal),
    },
    signal,
  ).catch((error: unknown) => {
    throw stopFor(error, `undoing ${whose}`)
  })
  if (done.kind === 'gone')
    throw new Stop(
      'error',
      'changed-by-other',
      `${object.name} was deleted while ${whose} was being undone`,
    )
  if (done.kind === 'blocked') {
    const entry = findEntryAgain(object, journal.match)
    throw new Stop(
      'error',
      'rollback-failed',
      `${whose} died half way and its original weights cannot come back: ${done.why}`,
      entry
        ? `Should they come back all the same:\n  ${restoreCommand(context.api.context, object, entry, journal.original)}`
        : '',
    )
  }
  const what = {
    restored: 'its original weights are back',
    'mark-removed': 'its mark is removed',
    'changed-by-other': 'somebody else edited the weights since; they stay, its mark is removed',
    'nothing-of-ours': 'nothing of it was left',
  }[done.kind]
  context.emit({ kind: 'recovered', run: whose, what })
  return unlessMarked(context, done.object, resource, signal)
}

function saw(context: Context, object: RouteObject, what: string): RouteObject {
  context.emit({
    kind: 'finding',
    finding: warning(
      `${object.name} carries the mark of ${what}: its weights may be those of a run half way`,
    ),
  })
  return object
}
