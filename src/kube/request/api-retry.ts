import { ApiError, whyFailed } from '../api-error.ts'

/** Limits of a call. Times in milliseconds. */
export type CallLimits = {
  /** Limit of one attempt. If there is only one attempt, it includes the credentials. */
  attemptMs: number
  attempts: number
  /** The pause before the second attempt. It doubles with each attempt. */
  firstPauseMs: number
}

/**
 * Whether a write may have been stored: there was no answer, or an internal error. An unreachable webhook is an internal error
 * after which nothing is stored; its text is the API server's, in apiserver, admission/plugin/webhook.
 */
export function mayHaveLanded({ status, message, unsent }: ApiError): boolean {
  if (unsent !== undefined) return false
  if (status === undefined) return true
  return status >= 500 && !/\bfailed calling webhook\b/.test(message)
}

/** The pause before the next attempt; undefined if another attempt would not help. Exponential, with jitter. */
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

/** Whether its caller ended it. */
export function isAborted(error: unknown): boolean {
  return (
    error instanceof ApiError && error.status === undefined && error.noAnswer.kind === 'aborted'
  )
}

/** The failure that leads to another attempt. That credentials were renewed is none. */
export function failureIn(error: unknown): ApiError | undefined {
  return error instanceof ApiError && error.status !== 401 ? error : undefined
}

/** The message of an answer can be long, and the call is sent again. Only of credentials, the number would not say enough. */
export function whyRetried(error: unknown): string {
  if (!(error instanceof ApiError)) return error instanceof Error ? error.message : String(error)
  const isShort = error.status !== undefined && error.status !== 401
  return isShort ? `HTTP ${error.status}` : whyFailed(error)
}
