import { ApiError } from '../../kube/api-error.ts'
import type { RouteObject } from '../../routes/route-object.ts'

/** Attempts of one write, the first included. */
export const ATTEMPTS = 5
/** Before the object is read again after an old read. It doubles. Milliseconds. */
const FIRST_PAUSE_MS = 100

export function pauseAfterOldReadMs(attemptNumber: number): number {
  return FIRST_PAUSE_MS * 2 ** (attemptNumber - 1)
}

/** Whether only a read of the object tells what became of the write. */
export function isUnclear(error: unknown): error is ApiError {
  if (!(error instanceof ApiError)) return false
  const { status } = error
  return status === undefined || status >= 500 || isOfAnother(error)
}

/**
 * Whether the write may have met another object than the one that was read: another version (409), another
 * identity or rules at other positions (422, as for what the schema refuses), or none (404).
 */
export function isOfAnother(error: unknown): error is ApiError {
  return error instanceof ApiError && [404, 409, 422].includes(error.status ?? 0)
}

/**
 * Whether a write was refused because of the version that it was on. The same write on the present version may
 * then be accepted. Where the version is still the same, a webhook or the schema has refused the write itself.
 */
export function isStale(error: unknown, before: RouteObject, now: RouteObject): boolean {
  if (!(error instanceof ApiError) || now.resourceVersion === before.resourceVersion) return false
  return error.status === 409 || error.status === 422
}

/**
 * Whether a conflict was followed by a read of the same version: then that read is old. A webhook that refuses
 * with a conflict says that it is a webhook.
 */
export function isOldRead(error: unknown, before: RouteObject, now: RouteObject): boolean {
  if (!(error instanceof ApiError) || error.status !== 409) return false
  return (
    now.resourceVersion === before.resourceVersion && !/\badmission webhook\b/.test(error.message)
  )
}
