import { ApiError } from '../../kube/api-error.ts'
import { GaveUp } from '../../kube/gave-up.ts'
import { pause } from '../../kube/pause.ts'
import { freshnessOf } from './freshness.ts'
import { attemptRestore, type Failed, type RestoreTask } from './restore-attempt.ts'
import { Held, refusalClock } from './restore-error.ts'
import type { Restored } from './restored.ts'
import { CHANGED_BY_WEBHOOK } from './webhook-obstacles.ts'

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 1000
/** The attempt after which a failure is reported. Earlier failures are not worth a line. */
const REPORTED_ATTEMPT = 3
/** The limit of a call in the first attempt. It is short, because a call that hangs is often answered when it is repeated. */
const FIRST_LIMIT_MS = 2000
/** The limit doubles up to this: a slow API server never answers a client that does not wait. */
const LONGEST_LIMIT_MS = 10_000

/**
 * Brings the object to where it has nothing of the run any more: the previous weights are restored and the
 * journal is removed in one patch, where the weights are still those that the run wrote. No single answer ends
 * it. Conflicts, refusals, old reads and an API server that fails or hangs are met with another attempt, until
 * the signal aborts or refusals have lasted for a minute. Then it fails with GaveUp.
 */
export async function restore(task: RestoreTask, signal: AbortSignal): Promise<Restored> {
  const fresh = freshnessOf(task.uid, task.generation ?? task.seen?.generation)
  const lastsTooLong = refusalClock()
  let past: Failed | undefined
  let first: unknown
  for (let attemptNumber = 1; ; attemptNumber += 1) {
    const doubled = 2 ** (attemptNumber - 1)
    const calls = task.api.withAttemptLimit(Math.min(FIRST_LIMIT_MS * doubled, LONGEST_LIMIT_MS))
    const createdAt = task.createdAt ?? task.seen?.createdAt
    const ended = await attemptRestore({ ...task, createdAt, calls, fresh, signal, past })
    if (!('error' in ended)) return ended
    const { error } = ended
    if (!(error instanceof ApiError || error instanceof Held)) throw error
    // The last attempt that was not cut short says more than that time was up.
    if (!signal.aborted || past === undefined) past = ended
    first ??= error
    if (lastsTooLong(error)) return giveUp(past, first, attemptNumber)
    if (attemptNumber === REPORTED_ATTEMPT && !signal.aborted)
      task.onTrouble?.(new GaveUp(error, error, 1).message)
    await pause(Math.min(FIRST_PAUSE_MS * doubled, LONGEST_PAUSE_MS), signal)
    if (signal.aborted) return giveUp(past, first, attemptNumber)
  }
}

/** The end of a restore whose time is up. */
function giveUp({ error, unfenced, owed }: Failed, first: unknown, attempts: number): Restored {
  if (owed) {
    const last = error instanceof Error ? error.message : String(error)
    const what = `${CHANGED_BY_WEBHOOK.what} That write removed the journal, and it could not be written again: ${last}.`
    return { kind: 'blocked', object: owed.object, obstacle: { ...CHANGED_BY_WEBHOOK, what } }
  }
  if (error instanceof Held)
    return { kind: 'blocked', object: error.object, obstacle: error.obstacle }
  // The object has nothing of the run, so there is nothing to restore although its fence was refused.
  if (unfenced) return { kind: 'nothing-of-ours', object: unfenced, unfenced: true }
  throw new GaveUp(first, error, attempts)
}
