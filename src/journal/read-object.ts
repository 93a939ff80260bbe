import { isNotWaitedFor, stopFor } from '../kube/api-problem.ts'
import { pause } from '../kube/pause.ts'
import type { Resource } from '../kube/resources.ts'
import { isJournalMode } from '../options/unsuited.ts'
import { RunError } from '../problem/run-error.ts'
import type { Context } from '../rollout/model/context.ts'
import { readVirtualService } from '../routes/istio/read-virtual-service.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { readJournal } from './journal.ts'

type Reader = Pick<Context, 'api' | 'options'>
type ReadObject = { object: RouteObject; resource: Resource }

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
  const { namespace, virtualService } = options
  const found = await readVirtualService(api, namespace, virtualService, signal).catch(
    (error: unknown) => {
      const stop = stopFor(error, 'reading the VirtualService')
      // What only reads and restores has met no trouble yet: it was given too little time.
      throw stop instanceof RunError && isNotWaitedFor(error) && isJournalMode(options.mode)
        ? new RunError('ITS-LIMIT-REACHED', stop.message, stop.remedy)
        : stop
    },
  )
  if (!found.ok) throw new RunError(found.finding.code, found.finding.what, found.finding.remedy)
  return found
}
