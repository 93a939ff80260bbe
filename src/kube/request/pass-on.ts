import type http from 'node:http'
import type https from 'node:https'
import { openRequest } from './open-request.ts'

/** A request for a server behind the API server, without a body. */
export type PassedRequest = {
  method: string
  path: string
  /** Name and value in turn, as they are sent. */
  headers: readonly string[]
  /** Whether the server may get the request twice. */
  isRepeatable: boolean
}

/** A request that is on its way. */
export type PassedOn = {
  /** The answer as it arrives. Rejects where there is none. */
  answer: Promise<http.IncomingMessage>
  /** Whether the connection to the API server is not established yet. */
  isConnecting(): boolean
  /** Ends it. There is no answer then, or no more of it. */
  drop(): void
}

/** Sends a request on a connection that is kept. `options` has what it is sent with, credentials included. */
export function passOn(
  server: string,
  passed: PassedRequest,
  options: () => Promise<https.RequestOptions>,
): PassedOn {
  let sent: http.ClientRequest | undefined
  let isDropped = false

  async function once(): Promise<http.IncomingMessage> {
    const given = await options()
    if (isDropped) throw new Error('the request was dropped')
    return new Promise((resolve, reject) => {
      const request = requestTo(server, passed, given)
      sent = request
      request.on('response', resolve)
      request.on('error', (error) =>
        reject(request.reusedSocket ? new StaleConnection(error.message, { cause: error }) : error),
      )
      request.end()
    })
  }

  return {
    answer: once().catch((error: unknown) => {
      // The API server may have closed a connection that was idle, which is no news of the server behind it.
      if (error instanceof StaleConnection && passed.isRepeatable && !isDropped) return once()
      throw error
    }),
    isConnecting: () => sent?.socket?.connecting ?? true,
    drop() {
      isDropped = true
      sent?.destroy()
    },
  }
}

/** A connection that had carried requests ended before it carried this one. */
class StaleConnection extends Error {}

function requestTo(
  server: string,
  { method, path, headers }: PassedRequest,
  options: https.RequestOptions,
): http.ClientRequest {
  const own = Object.entries(options.headers ?? {}).flatMap(([name, value]) => [
    name,
    String(value),
  ])
  return openRequest(server, path, {
    ...options,
    method,
    headers: [...headers, ...own],
    setDefaultHeaders: false,
  })
}
