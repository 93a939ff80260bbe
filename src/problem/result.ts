import type { Problem } from './problem.ts'

/** A value, or all problems that prevent it. */
export type Result<T> = { ok: true; value: T } | { ok: false; problems: readonly Problem[] }

export function success<T>(value: T): Result<T> {
  return { ok: true, value }
}

export function failure<T>(...problems: readonly Problem[]): Result<T> {
  return { ok: false, problems }
}
