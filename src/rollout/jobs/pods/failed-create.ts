import { ApiError } from '../../../kube/api-error.ts'
import type { ApiServer } from '../../../kube/api-server.ts'
import { objectsAt, textAt } from '../../../kube/json.ts'
import { coreResource, resourcePath } from '../../../kube/resources.ts'

/** What the events of a Job say about Pods that could not be created. */
export type FailedCreate = { kind: 'refused'; message: string } | { kind: 'none' | 'denied' }

export async function readFailedCreate(
  workloads: ApiServer,
  { namespace, name }: { namespace: string; name: string },
  signal: AbortSignal,
): Promise<FailedCreate> {
  const selector = encodeURIComponent(`involvedObject.name=${name}`)
  const path = `${resourcePath(coreResource('events', namespace))}?fieldSelector=${selector}`
  try {
    const answer = await workloads.get(path, signal)
    const refused = objectsAt(answer, 'items').filter(
      (event) =>
        textAt(event, 'reason') === 'FailedCreate' &&
        textAt(event, 'involvedObject', 'name') === name,
    )
    const message = textAt(refused.at(-1), 'message')
    return message === undefined ? { kind: 'none' } : { kind: 'refused', message: plain(message) }
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return { kind: 'denied' }
    if (error instanceof ApiError) return { kind: 'none' }
    throw error
  }
}

/** Without what the controller puts before the answer of the API server. */
function plain(message: string): string {
  return message.replace(/^Error creating: /, '').replace(/\.$/, '')
}
