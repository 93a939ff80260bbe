import type { Authenticator } from '@kubernetes/client-node/dist/auth.js'
import { shownPath } from '../../problem/may-be-shown.ts'
import { textAt } from '../json.ts'
import { readRegularFile } from '../read-regular-file.ts'

/** A name that none of the library's own authenticators handles. */
const PROVIDER = 'token-file-read-here'
/** The token of a Pod's service account is renewed long before it expires. Source: client-go, transport/token_source.go. */
const KEPT_MS = 60_000
/** More than a token has. */
const MOST_BYTES = 1024 * 1024

/** A user's token in a file. The token in the kubeconfig is used while the file cannot be read. */
export function tokenFileProvider(file: string, token: string) {
  return { name: PROVIDER, config: { file, token } }
}

/** Sends the token of a file, and reads it again every minute. */
export function tokenFileAuthenticator(nowMs: () => number): Authenticator {
  let last: { token: string; readMs: number } | undefined
  return {
    isAuthProvider: ({ authProvider }) => textAt(authProvider, 'name') === PROVIDER,
    async applyAuthentication({ authProvider }, options) {
      const { file, token } = authProvider.config
      if (last === undefined || nowMs() - last.readMs > KEPT_MS)
        last = read(file, last?.token || token)
      options.headers = { ...options.headers, Authorization: `Bearer ${last.token}` }
    },
  }

  function read(file: string, otherwise: string): { token: string; readMs: number } {
    try {
      return { token: tokenIn(file), readMs: nowMs() }
    } catch (error) {
      if (!otherwise) throw error
      return { token: otherwise, readMs: nowMs() }
    }
  }
}

/** The token in a file. As in client-go, an empty file is an error, because a request without a token is anonymous. */
export function tokenIn(file: string): string {
  const token = readRegularFile(file, MOST_BYTES).toString('utf8').trim()
  if (token === '') throw new Error(`${shownPath(file)} is empty, but must contain a token`)
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new Error(`${shownPath(file)} must contain one line of ASCII characters without spaces`)
  return token
}
