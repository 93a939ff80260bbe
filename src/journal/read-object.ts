import { stopFor } from '../kube/api-problem.ts'
import type { ApiServer } from '../kube/api-server.ts'
import { pause } from '../kube/pause.ts'
import { RunError } from '../problem/run-error.ts'
import { type ReadObject, readRouteObject } from '../routes/object/read-route-object.ts'
import type { ObjectName } from '../routes/object-name.ts'
import { readJournal } from './read-journal.ts'

/** The route object that the inputs name. */
export type ObjectToRead = { api: ApiServer; name: ObjectName }

/** Before a second read, where the first one returned an object with another object's journal. Milliseconds. */
const PAUSE_MS = 100

/**
 * Reads a route object. One that carries the journal of another object is read again: the advice for it is to
 * remove the journal, and a single wrong answer must not lead to that. Fails with a RunError.
 */
export async function readObject(wanted: ObjectToRead, signal: AbortSignal): Promise<ReadObject> {
  const read = await readOnce(wanted, signal)
  if (readJournal(read.object).kind !== 'foreign') return read
  await pause(PAUSE_MS, signal)
  return readOnce(wanted, signal)
}

async function readOnce(wanted: ObjectToRead, signal: AbortSignal): Promise<ReadObject> {
  const { api, name } = wanted
  const found = await readRouteObject(api, name, signal).catch((error: unknown) => {
    throw stopFor(error, `reading the ${name.kind}`)
  })
  if (found.ok) return found.value
  const [first] = found.problems
  throw RunError.ofAll(found.problems) ?? new Error(`the object was not read: ${first?.what}`)
}
