import { ApiError } from '../kube/api-error.ts'
import { pause } from '../kube/pause.ts'
import type { Resource } from '../kube/resources.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { dryRead } from './dry-read.ts'
import { readJournal } from './read-journal.ts'
import { type ObjectToRead, readObject } from './read-object.ts'

/** An object as it was read. `unconfirmed`: why it is not known whether the read was current. */
export type ConfirmedRead = {
  object: RouteObject
  resource: Resource
  unconfirmed: string | undefined
}

const READS = 5
/** Before another read. It doubles. Milliseconds. */
const FIRST_PAUSE_MS = 100

/**
 * Reads the object, and lets no single read end a rollback: a cache or a mirror may answer with a version from
 * before the journal, or with another object. A read without a journal to act on is compared with a dry run.
 */
export async function readConfirmed(
  wanted: ObjectToRead,
  signal: AbortSignal,
): Promise<ConfirmedRead> {
  for (let read = 1; ; read += 1) {
    const { object, resource } = await readObject(wanted, signal)
    if (readJournal(object).kind === 'found') return { object, resource, unconfirmed: undefined }
    try {
      const met = await dryRead(wanted.api, resource, object.uid, signal)
      return { object: met, resource, unconfirmed: undefined }
    } catch (error) {
      if (!(error instanceof ApiError) || signal.aborted) throw error
      const mayBeOld = [404, 409, 422].includes(error.status ?? 0) || error.status === undefined
      if (!mayBeOld || read === READS) return { object, resource, unconfirmed: error.message }
    }
    await pause(FIRST_PAUSE_MS * 2 ** (read - 1), signal)
  }
}
