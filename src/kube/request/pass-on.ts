import http from 'node:http'
import https from 'node:https'
import { urlOf } from './api-request.ts'

/** A request for a server behind the API server, without a body. */
export type PassedRequest = {
  method: string
  path: string
  /** Name and value in turn, as they are sent. */
  headers: readonly string[]
  /** Whether the server may get the request twice. */
  isRepeatable: boolean
}

/** Sends a request and resolves to the answer as it arrives. Rejects where none does. */
export async function passOn(
  server: string,
  passed: PassedRequest,
  options: https.RequestOptions,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  const once = () => exchange(server, passed, options, signal)
  return once().catch((error: unknown) => {
    // The API server may have closed a connection that was idle, which is no news of the server behind it.
    if (error instanceof StaleConnection && passed.isRepeatable && !signal.aborted) return once()
    throw error
  })
}

/** A connection that had carried requests ended before it carried this one. */
class StaleConnection extends Error {}

function exchange(
  server: string,
  { method, path, headers }: PassedRequest,
  options: https.RequestOptions,
  signal: AbortSignal,
): Promise<http.IncomingMessage> {
  const url = urlOf(server, path)
  const client = url.protocol === 'http:' ? http : https
  const own = Object.entries(options.headers ?? {}).flatMap(([name, value]) => [
    name,
    String(value),
  ])
  return new Promise((resolve, reject) => {
    const request = client.request(url, {
      ...options,
      signal,
      method,
      headers: [...headers, ...own],
      setDefaultHeaders: false,
    })
    request.on('response', resolve)
    request.on('error', (error) =>
      reject(request.reusedSocket ? new StaleConnection(error.message, { cause: error }) : error),
    )
    request.end()
  })
}
