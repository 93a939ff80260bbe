import { ApiError, saysNotFound } from '../../kube/api-error.ts'
import type { ApiCalls } from '../../kube/api-server.ts'
import { type Resource, resourcePath } from '../../kube/resources.ts'
import { answeredObject } from '../../routes/answered-object.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Freshness } from './freshness.ts'

type Looked = {
  calls: ApiCalls
  resource: Resource
  /** The object that is looked for; another one of its name is not it. */
  uid: string
  /** When it was created, where that is known. */
  createdAt?: string | undefined
  fresh: Freshness
}

/** byWriter: what a write would meet, where a read gave another version. A webhook may have changed it. */
export type Seen = { object: RouteObject; byWriter: boolean }

/** gone: deleted, or in its place there is another object of its name, as far as that was seen. */
export type Found = Seen | Gone

type Gone = { gone: RouteObject | undefined }

/**
 * Looks at the object. A read that is older than what is known, or may be, or that lacks the object,
 * is checked against the path that writes take: a dry run of a patch that changes nothing meets what
 * is stored. Only what both agree on is gone.
 */
export async function lookForRestore(order: Looked, signal: AbortSignal): Promise<Found> {
  const { uid, fresh, resource } = order
  const read = await readObject(order, signal)
  if (read?.uid === uid && !fresh.isOld(read) && !fresh.isDoubtful(read))
    return { object: read, byWriter: false }
  // One that was created after it has taken its place.
  const { createdAt } = order
  if (read && read.uid !== uid && createdAt && read.createdAt > createdAt) return { gone: read }
  const met = await meetAsWriter(order, read, signal)
  if ('gone' in met) return met
  if (met.uid !== uid || fresh.isOld(met)) throw oldAnswer(resource)
  return { object: met, byWriter: met.resourceVersion !== read?.resourceVersion }
}

async function readObject(
  { calls, resource }: Looked,
  signal: AbortSignal,
): Promise<RouteObject | undefined> {
  try {
    return answeredObject(await calls.get(resourcePath(resource), signal), resource, 'GET')
  } catch (error) {
    if (saysNotFound(error)) return undefined
    throw error
  }
}

async function meetAsWriter(
  { calls, resource, uid }: Looked,
  read: RouteObject | undefined,
  signal: AbortSignal,
): Promise<RouteObject | Gone> {
  const same = [{ op: 'test' as const, path: '/metadata/uid', value: uid }]
  try {
    const answer = await calls.patch(resourcePath(resource), same, { dryRun: true }, signal)
    return answeredObject(answer, resource, 'PATCH')
  } catch (error) {
    if (saysNotFound(error)) return { gone: undefined }
    const isOther = error instanceof ApiError && error.status === 422
    if (isOther && read !== undefined && read.uid !== uid) return { gone: read }
    throw error
  }
}

/** The error for reads that are older than what this run knows. */
export function oldAnswer(resource: Resource): ApiError {
  const call = `GET ${resourcePath(resource)}`
  return new ApiError(
    call,
    `the API server answers ${call} with old versions (a cache or a mirror in front of it?)`,
  )
}
