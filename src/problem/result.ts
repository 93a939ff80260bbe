import type { Problem } from './problem.ts'

/** What was asked for, or everything that is wrong with it at once. */
export type Result<T> = { ok: true; value: T } | { ok: false; problems: readonly Problem[] }

export function success<T>(value: T): Result<T> {
  return { ok: true, value }
}

export function failure<T>(...problems: readonly Problem[]): Result<T> {
  return { ok: false, problems }
}
