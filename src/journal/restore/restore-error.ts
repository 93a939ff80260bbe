import { ApiError } from '../../kube/api-error.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Obstacle } from './restored.ts'

/**
 * A restore that is refused, or held back, is repeated for this long. A refusal that lasts for a minute will not
 * pass by itself, and a person has to know. A restore that is not answered is repeated until the time is up.
 */
export const REFUSED_MS = 60_000

/** An obstacle to the restore, which may pass. */
export class Held extends Error {
  readonly object: RouteObject
  readonly obstacle: Obstacle

  constructor(object: RouteObject, obstacle: Obstacle) {
    super(obstacle.what)
    this.name = 'Held'
    this.object = object
    this.obstacle = obstacle
  }
}

/** Whether the API server itself says that there is a newer version. A webhook that refuses with a conflict says that it is one. */
export function isConflict(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    error.status === 409 &&
    !/\badmission webhook\b/.test(error.message)
  )
}

export function isUnanswered(error: unknown): boolean {
  return error instanceof ApiError && (error.status === undefined || error.status >= 500)
}

/** Whether an answer stays the same until a person changes something. Others pass by themselves. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof Held) return true
  if (!(error instanceof ApiError) || error.status === undefined) return false
  if (error.status === 409) return !isConflict(error)
  return error.status < 500 && ![404, 408, 425, 429].includes(error.status)
}

/** Returns a function that takes each error and says whether refusals have lasted too long. */
export function refusalClock(
  nowMs: () => number = () => performance.now(),
): (error: unknown) => boolean {
  let sinceMs: number | undefined
  return (error) => {
    if (!isRefusal(error)) return false
    sinceMs ??= nowMs()
    return nowMs() - sinceMs >= REFUSED_MS
  }
}
