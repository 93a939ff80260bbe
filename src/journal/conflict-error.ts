import type { Code } from '../problem/codes.ts'
import { RunError } from '../problem/run-error.ts'
import type { RouteObject } from '../routes/route-object.ts'

/** The error of a run that met another client's write. */
export class ConflictError extends RunError {
  /** The object as it was read last, where that read is newer than what the run began with. */
  readonly seen: RouteObject | undefined

  constructor(code: Code, what: string, remedy: string, seen: RouteObject | undefined) {
    super(code, what, remedy)
    this.name = 'ConflictError'
    this.seen = seen
  }
}
