import { ApiError, whyFailed } from './api-error.ts'

/** Calls that were repeated until their time was up: why the last one failed, and why the first one did. */
export class GaveUp extends Error {
  readonly last: unknown
  /** For the end of a message about the last one; empty after a single attempt. */
  readonly history: string

  constructor(first: unknown, last: unknown, attempts: number) {
    const history = attempts > 1 ? ` (attempt ${attempts}${firstReason(first, last)})` : ''
    super(`${messageOf(last)}${history}`)
    this.name = 'GaveUp'
    this.last = last
    this.history = history
  }
}

function firstReason(first: unknown, last: unknown): string {
  const [one, other] = [messageOf(first), messageOf(last)]
  return one === other ? '' : `; the first one ended with ${one}`
}

function messageOf(error: unknown): string {
  if (error instanceof ApiError) return whyFailed(error)
  return error instanceof Error ? error.message : String(error)
}
