import { ApiError, saysNotFound } from '../../kube/api-error.ts'
import type { ApiCalls } from '../../kube/api-server.ts'
import { type Resource, resourcePath } from '../../kube/resources.ts'
import { answeredObject } from '../../routes/object/answered-object.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { dryRead } from '../dry-read.ts'
import type { Freshness } from './freshness.ts'

type Search = {
  calls: ApiCalls
  resource: Resource
  /** Of the object that is searched: another one of its name is not it. */
  uid: string
  /** When it was created, where that is known. */
  createdAt?: string | undefined
  fresh: Freshness
}

/** byWriter: returned by a dry run, where the read gave another version. A webhook may have changed it. */
export type Seen = { object: RouteObject; byWriter: boolean }

/** gone: deleted; where another object has its name, that one. */
export type Found = Seen | Gone

type Gone = { gone: RouteObject | undefined }

/**
 * Reads the object. A read that is, or may be, older than what is known, or that lacks the object, is compared
 * with the result of a dry run: a patch that changes nothing meets what is stored. The object is gone only where
 * both agree.
 */
export async function findObject(search: Search, signal: AbortSignal): Promise<Found> {
  const { uid, fresh, resource } = search
  const read = await readObject(search, signal)
  if (read?.uid === uid && !fresh.isOld(read) && !fresh.isDoubtful(read))
    return { object: read, byWriter: false }
  // An object that was created later has replaced it.
  const { createdAt } = search
  if (read && read.uid !== uid && createdAt && read.createdAt > createdAt) return { gone: read }
  const met = await meetAsWriter(search, read, signal)
  if ('gone' in met) return met
  if (met.uid !== uid || fresh.isOld(met)) throw oldAnswer(resource)
  return { object: met, byWriter: met.resourceVersion !== read?.resourceVersion }
}

async function readObject(
  { calls, resource }: Search,
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
  { calls, resource, uid }: Search,
  read: RouteObject | undefined,
  signal: AbortSignal,
): Promise<RouteObject | Gone> {
  try {
    return await dryRead(calls, resource, uid, signal)
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
    `The API server answers ${call} with old versions (a cache or a mirror in front of it?)`,
  )
}
