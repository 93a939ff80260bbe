import { ApiError } from '../api-error.ts'

/** How long and how often a call is tried. Times in milliseconds. */
export type CallLimits = {
  /** Limit of one attempt; where there is only one, credentials included. */
  attemptMs: number
  attempts: number
  /** Before the second try; it doubles with each. */
  firstPauseMs: number
}

/** No answer, or a server's fault for one; but where a webhook could not be asked, nothing was stored for certain. */
export function mayHaveLanded({ status, message, unsent }: ApiError): boolean {
  if (unsent !== undefined) return false
  if (status === undefined) return true
  return status >= 500 && !/\bfailed calling webhook\b/.test(message)
}

/** undefined: trying again would not help. Exponential, with jitter so that many runs do not come back at once. */
export function pauseBeforeRetryMs(
  error: unknown,
  attemptNumber: number,
  { attempts, firstPauseMs }: CallLimits,
  random: number,
): number | undefined {
  if (!(error instanceof ApiError) || attemptNumber === attempts) return undefined
  if (error.unsent === 'final') return undefined
  const mayPass = error.status === undefined || error.status === 429 || error.status >= 500
  if (!mayPass) return undefined
  return error.retryAfterMs ?? firstPauseMs * 2 ** (attemptNumber - 1) * (0.5 + random / 2)
}
