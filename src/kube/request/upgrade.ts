import type https from 'node:https'
import type { Duplex } from 'node:stream'
import { type Answer, MANAGER } from './api-request.ts'
import { openRequest, refusal } from './open-request.ts'

/** A request whose connection is to speak another protocol after the answer. */
export type UpgradeRequest = {
  method: 'GET' | 'POST'
  path: string
  /** Upgrade, and what the protocol demands. */
  headers: Readonly<Record<string, string>>
}

/** The answer to it. `pipe` is the connection, which nothing else uses then; undefined where the server refused. */
export type Upgraded = Answer & { pipe: Duplex | undefined }

/** Sends the request and waits for 101, or for another answer. */
export function upgrade(
  server: string,
  { method, path, headers }: UpgradeRequest,
  options: https.RequestOptions,
  signal: AbortSignal,
): Promise<Upgraded> {
  return new Promise((resolve, reject) => {
    const request = openRequest(server, path, {
      ...options,
      signal,
      method,
      headers: {
        ...options.headers,
        'User-Agent': MANAGER,
        ...headers,
        Connection: 'Upgrade',
        'Content-Length': '0',
      },
    })
    request.on('upgrade', (response, pipe, head) => {
      if (head.length > 0) pipe.unshift(head)
      resolve({ status: 101, headers: response.headers, body: null, text: '', pipe })
    })
    request.on('response', (response) => {
      // A server that does not upgrade may end the connection after its answer. A write on it would then be lost on the way.
      request.shouldKeepAlive = false
      refusal(request, response)
        .then((answer) => resolve({ ...answer, pipe: undefined }))
        .catch(reject)
    })
    request.on('error', reject)
    request.end()
  })
}
