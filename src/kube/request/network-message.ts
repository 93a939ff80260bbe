import http from 'node:http'
import { type AbortCause, abortCauseOf } from '../../problem/aborted.ts'
import { isClientLimit } from '../../problem/client-limit.ts'
import type { NoAnswer } from '../api-error.ts'
import { UnusableAnswer } from './exchange.ts'

/** Why no answer came: in words that follow the server's name, and as a value. */
export type NetworkFailure = { text: string; noAnswer: NoAnswer }

const MESSAGE_LENGTH = 500

/** What a plugin reports. Output that is not JSON may be a token, and the parser's message repeats a part of it. */
export function credentialsMessage(error: unknown, redact: (text: string) => string): string {
  if (error instanceof SyntaxError) return 'they are not valid JSON'
  return redact(messageOf(error)).slice(0, MESSAGE_LENGTH)
}

/** Why there are no credentials, where that was not for lack of time. */
export function credentialsFailure(error: unknown): NoAnswer {
  const code = codeOf(error)
  return code !== undefined && isClientLimit(code)
    ? { kind: 'client-limit', code }
    : { kind: 'credentials' }
}

/** Why no answer came; `outer` is the caller's own signal. */
export function networkFailure(
  error: unknown,
  outer: AbortSignal,
  limitMs: number,
): NetworkFailure {
  const why = abortCauseOf(error)
  if (why !== undefined) return abortedFailure(isOf(outer, why) ? why : timeLimit(limitMs))
  if (error instanceof UnusableAnswer)
    return { text: error.message, noAnswer: { kind: 'unexpected' } }
  const refused = proxyStatus(error)
  if (refused !== undefined)
    return {
      text: `could not be reached: the proxy answered ${refused} ${http.STATUS_CODES[refused] ?? ''}`.trim(),
      noAnswer: { kind: 'proxy' },
    }
  const code = codeOf(error)
  return {
    text: `could not be reached (${code === undefined ? '' : `${code}: `}${messageOf(error)})`,
    noAnswer: noAnswerOf(code),
  }
}

/** Whether the caller ended it, and not the time limit of the attempt. */
function isOf(outer: AbortSignal, why: AbortCause): boolean {
  if (!outer.aborted) return false
  return why.kind !== 'time-limit' || why === abortCauseOf(outer.reason)
}

function timeLimit(ms: number): AbortCause {
  return { kind: 'time-limit', ms }
}

function abortedFailure(why: AbortCause): NetworkFailure {
  if (why.kind !== 'time-limit')
    return { text: UNTIL[why.kind], noAnswer: { kind: 'aborted', why } }
  return { text: `did not answer within ${why.ms / 1000} s`, noAnswer: { kind: 'timeout' } }
}

const UNTIL: Readonly<Record<Exclude<AbortCause['kind'], 'time-limit'>, string>> = {
  cancelled: 'did not answer before the run was cancelled',
  'run-time': 'did not answer before the time limit of the run was over',
  over: 'did not answer before the run went on without it',
}

function noAnswerOf(code = ''): NoAnswer {
  if (isClientLimit(code)) return { kind: 'client-limit', code }
  const isCertificate = /CERT|^UNABLE_TO_VERIFY_LEAF_SIGNATURE$|^UNABLE_TO_GET_ISSUER/.test(code)
  return isCertificate ? { kind: 'certificate' } : { kind: 'network' }
}

/** The status with which a proxy refused to connect to the server: nothing was sent there. Source: hpagent, index.js. */
export function proxyStatus(error: unknown): number | undefined {
  const [, status] = /^Bad response: (\d{3})$/.exec(messageOf(error)) ?? []
  return status === undefined ? undefined : Number(status)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The code of an error, such as ECONNREFUSED, or of the error that caused it. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  if ('code' in error && typeof error.code === 'string') return error.code
  return codeOf(error.cause)
}
