import { ApiError } from '../../kube/api-error.ts'
import { REFUSED_MS } from '../../rollout/time-limits.ts'
import type { RouteObject } from '../../routes/route-object.ts'

/** The original weights may not come back as yet. */
export class Held extends Error {
  readonly object: RouteObject
  readonly why: string

  constructor(object: RouteObject, why: string) {
    super(why)
    this.name = 'Held'
    this.object = object
    this.why = why
  }
}

/** The API server's own word that there is a newer version; a webhook that refuses by a conflict says that it is one. */
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

/** An answer that stays the same unless somebody changes something; others pass by themselves. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof Held) return true
  if (!(error instanceof ApiError) || error.status === undefined) return false
  if (error.status === 409) return !isConflict(error)
  return error.status < 500 && ![404, 408, 425, 429].includes(error.status)
}

/** Tells, error by error, whether refusals have lasted for so long that a person must know. */
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
