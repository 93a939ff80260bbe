import http from 'node:http'
import { UnusableAnswer } from './exchange.ts'

const COMPLAINT_LENGTH = 500

/** What a plugin complains of. What it says instead of JSON may be a token, of which the parser's message shows a part. */
export function credentialsMessage(error: unknown, redact: (text: string) => string): string {
  if (error instanceof SyntaxError) return 'what was given for them is no JSON'
  return redact(error instanceof Error ? error.message : String(error)).slice(0, COMPLAINT_LENGTH)
}

/** Why no answer came where the caller gave up. */
export const NOT_WAITED_FOR =
  'was not waited for any longer: the run was stopped or its time was up'

/** Why no answer came, in words; `outer` is the caller's own signal. */
export function networkMessage(error: unknown, outer: AbortSignal, limitMs: number): string {
  if (outer.aborted) return NOT_WAITED_FOR
  if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError'))
    return `did not answer within ${limitMs / 1000} s`
  if (error instanceof UnusableAnswer) return error.message
  const refused = proxyStatus(error)
  if (refused !== undefined)
    return `could not be reached: the proxy answered ${refused} ${http.STATUS_CODES[refused] ?? ''}`.trim()
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string'
      ? `${error.code}: `
      : ''
  return `could not be reached (${code}${error instanceof Error ? error.message : String(error)})`
}

/** The status with which a proxy refused to connect to the server: nothing was sent there. Source: hpagent, index.js. */
export function proxyStatus(error: unknown): number | undefined {
  const [, status] =
    /^Bad response: (\d{3})$/.exec(error instanceof Error ? error.message : '') ?? []
  return status === undefined ? undefined : Number(status)
}
