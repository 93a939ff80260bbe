/** Why something was ended before it was done. */
export type AbortCause =
  /** A person or the runner cancelled the run. */
  | { kind: 'cancelled' }
  /** The time limit of the run was over: the input `timeout`. */
  | { kind: 'run-time' }
  /** The time limit of this one thing was over. Milliseconds. */
  | { kind: 'time-limit'; ms: number }
  /** What it was for has ended. */
  | { kind: 'over' }

/** The reason of a signal that ends something early, and the error of what it ended. Its message is a clause. */
export class Aborted extends Error {
  readonly why: AbortCause

  constructor(why: AbortCause) {
    super(CLAUSES[why.kind](why))
    this.name = 'Aborted'
    this.why = why
  }
}

const CLAUSES: Readonly<Record<AbortCause['kind'], (why: AbortCause) => string>> = {
  cancelled: () => 'the run was cancelled',
  'run-time': () => 'the time limit of the run was over',
  'time-limit': (why) => `no answer within ${limitIn(why)}`,
  over: () => 'it was no longer needed',
}

function limitIn(why: AbortCause): string {
  const { ms } = { ms: 0, ...why }
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`
}

/**
 * Why an error, or the reason of a signal, says that something was ended early; undefined for all other errors. A signal
 * without a reason of its own ends what is no longer needed.
 */
export function abortCauseOf(error: unknown): AbortCause | undefined {
  if (error instanceof Aborted) return error.why
  // Node wraps the reason of the signal that ended a request, a connection or a pause.
  const isWrapped = error instanceof Error && ['AbortError', 'TimeoutError'].includes(error.name)
  return isWrapped ? (abortCauseOf(error.cause) ?? { kind: 'over' }) : undefined
}
