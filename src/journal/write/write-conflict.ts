import type { RouteObject } from '../../routes/route-object.ts'
import { ConflictError } from '../conflict-error.ts'
import { isLive, type Journal } from '../journal.ts'
import { whoseText } from '../journal-view.ts'
import { locked } from '../locked.ts'
import type { Write } from './write-weights.ts'

/** The object got a new version that nobody can be seen to have made. */
export function fencedOff(): ConflictError {
  return changed(
    'got a new version without a visible change: a post step of this very run has fenced it off, it was rolled back, or another run came and went',
  )
}

/** An answer to this run's write was lost, and the spec was written since: the write may have landed and been rolled back. */
export function perhapsRestored(): ConflictError {
  return changed(
    'was written by somebody else while the answer to a write of this run was lost. That write may have been rolled back, so it is not sent again',
  )
}

/** Somebody else's journal is there, or that of a run's own write is gone. */
export function writeConflict(
  { api, journal: own }: Pick<Write, 'api' | 'journal'>,
  object: RouteObject,
  there: Journal | undefined,
): ConflictError {
  const nowMs = api.nowMs() ?? Date.now()
  if (!there)
    return changed(
      'was changed by somebody else, or rolled back, while the run was in progress',
      object,
    )
  if (there.owner === own.owner)
    return changed('was changed by somebody else as soon as this run had written it', object)
  if (isLive(there, nowMs, own)) return locked(object, there, api.context, nowMs)
  return changed(
    `got a late write of an interrupted run, ${whoseText(there, nowMs)}, while this run was in progress. The next shift undoes it`,
    object,
  )
}

/** Somebody else wrote to the object, which is `seen` by now. */
export function changed(what: string, seen?: RouteObject): ConflictError {
  return new ConflictError(
    'ITS-CHANGED-BY-OTHER',
    `the VirtualService ${what}`,
    'See who writes it (kubectl get --show-managed-fields), then run again.',
    seen,
  )
}
