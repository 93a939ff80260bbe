import { isNotWaitedFor, stopFor } from '../kube/api-problem.ts'
import { pause } from '../kube/pause.ts'
import { isJournalMode } from '../options/unsuited.ts'
import { RunError } from '../problem/run-error.ts'
import type { Context } from '../rollout/model/context.ts'
import { objectNameOf } from '../routes/object-name.ts'
import { type ReadObject, readRouteObject } from '../routes/read-route-object.ts'
import { readJournal } from './journal.ts'

type Reader = Pick<Context, 'api' | 'options'>

/** Before a second read where the first one gave an object that its own journal is not about. */
const PAUSE_MS = 100

/**
 * Reads the route object that the inputs name. An object that carries the journal of another one is
 * read again: the advice for it is to remove the journal, which a single wrong answer must not
 * lead to. Fails with a RunError.
 */
export async function readObject(context: Reader, signal: AbortSignal): Promise<ReadObject> {
  const read = await readOnce(context, signal)
  if (readJournal(read.object).kind !== 'foreign') return read
  await pause(PAUSE_MS, signal)
  return readOnce(context, signal)
}

async function readOnce({ api, options }: Reader, signal: AbortSignal): Promise<ReadObject> {
  const name = objectNameOf(options)
  const found = await readRouteObject(api, name, signal).catch((error: unknown) => {
    const stop = stopFor(error, `reading the ${name.kind}`)
    // What only reads and restores has met no trouble yet: it was given too little time.
    throw stop instanceof RunError && isNotWaitedFor(error) && isJournalMode(options.mode)
      ? new RunError('ITS-LIMIT-REACHED', stop.message, stop.remedy)
      : stop
  })
  if (found.ok) return found.value
  const [first] = found.problems
  throw RunError.ofAll(found.problems) ?? new Error(`the object was not read: ${first?.what}`)
}
