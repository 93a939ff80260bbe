import { ApiError } from '../../kube/api-error.ts'
import type { ApiServer } from '../../kube/api-server.ts'
import { pause } from '../../kube/pause.ts'
import { type Resource, resourcePath } from '../../kube/resources.ts'
import type { Context } from '../../rollout/model/context.ts'
import { answeredObject } from '../../routes/answered-object.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { readJournal } from '../journal.ts'
import { readObject } from '../read-object.ts'

/** An object as it was read. `unconfirmed`: why it is not known whether the read was current. */
export type ConfirmedRead = {
  object: RouteObject
  resource: Resource
  unconfirmed: string | undefined
}

const READS = 5
/** Before another read; it doubles. */
const FIRST_PAUSE_MS = 100

/**
 * Reads the object, and lets no single read end a rollback: a cache or a mirror may answer with a
 * version from before the journal, or with another object. A read that shows no journal to act on is
 * compared with what a writer meets, by a dry run of a patch that changes nothing.
 */
export async function readConfirmed(context: Context, signal: AbortSignal): Promise<ConfirmedRead> {
  for (let read = 1; ; read += 1) {
    const { object, resource } = await readObject(context, signal)
    if (readJournal(object).kind === 'found') return { object, resource, unconfirmed: undefined }
    try {
      const met = await meetAsWriter(context.api, object, resource, signal)
      return { object: met, resource, unconfirmed: undefined }
    } catch (error) {
      if (!(error instanceof ApiError) || signal.aborted) throw error
      const mayBeOld = [404, 409, 422].includes(error.status ?? 0) || error.status === undefined
      if (!mayBeOld || read === READS) return { object, resource, unconfirmed: error.message }
    }
    await pause(FIRST_PAUSE_MS * 2 ** (read - 1), signal)
  }
}

async function meetAsWriter(
  api: ApiServer,
  { uid }: RouteObject,
  resource: Resource,
  signal: AbortSignal,
): Promise<RouteObject> {
  const same = [{ op: 'test' as const, path: '/metadata/uid', value: uid }]
  const answer = await api.patch(resourcePath(resource), same, { dryRun: true }, signal)
  return answeredObject(answer, resource, 'PATCH')
}
