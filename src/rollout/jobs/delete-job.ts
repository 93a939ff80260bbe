import { ApiError } from '../../kube/api-error.ts'
import type { ApiServer } from '../../kube/api-server.ts'
import type { JsonObject } from '../../kube/json.ts'
import { pause } from '../../kube/pause.ts'
import { coreResource, type Resource, resourcePath } from '../../kube/resources.ts'

/** A Job as the cleanup step needs it, with its Secret. */
export type SavedJob = {
  namespace: string
  name: string
  hasSecret: boolean
  /** Whether the API server has answered that it is there. If not, it may still come. */
  isThere: boolean
}

export function jobsResource(namespace: string, name?: string): Resource {
  return { group: 'batch', version: 'v1', plural: 'jobs', namespace, name }
}

/** Between two attempts that were refused. */
const AGAIN_MS = 500
const ATTEMPTS = 3

/** The Pods of a Job, and its Secret, go with it, after the answer. */
const IN_BACKGROUND: JsonObject = {
  apiVersion: 'v1',
  kind: 'DeleteOptions',
  propagationPolicy: 'Background',
}

/** Deletes a Job with its Pods and its Secret. Resolves to why it could not; undefined: they are gone. */
export async function deleteJob(
  workloads: ApiServer,
  { namespace, name, hasSecret, isThere }: SavedJob,
  signal: AbortSignal,
): Promise<ApiError | undefined> {
  // The controller would also delete the Secret, but a cluster may not run one.
  const resources = [
    jobsResource(namespace, name),
    ...(hasSecret ? [coreResource('secrets', namespace, name)] : []),
  ]
  const ended = await Promise.all(
    resources.map((one) => deleteOne(workloads, one, { isThere }, signal)),
  )
  return ended.find((error) => error !== undefined)
}

async function deleteOne(
  workloads: ApiServer,
  resource: Resource,
  { isThere }: Pick<SavedJob, 'isThere'>,
  signal: AbortSignal,
): Promise<ApiError | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await workloads.delete(resourcePath(resource), IN_BACKGROUND, signal)
      return undefined
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const isGone = error.status === 404
      // What was sent to create it may arrive later.
      if (isGone && (isThere || attempt >= ATTEMPTS || signal.aborted)) return undefined
      if (attempt >= ATTEMPTS || signal.aborted || error.status === 403) return error
      await pause(AGAIN_MS, signal)
    }
  }
}
