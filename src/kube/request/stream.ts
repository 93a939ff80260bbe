import type http from 'node:http'
import type https from 'node:https'
import { type Answer, MANAGER } from './api-request.ts'
import { openRequest, refusal } from './open-request.ts'

/** The answer to a request whose body is read as it arrives. `stream`: undefined where the server refused. */
export type Streamed = Answer & { stream: http.IncomingMessage | undefined }

/** Sends a request and waits for the head of its answer. */
export function openStream(
  server: string,
  { path }: { path: string },
  options: https.RequestOptions,
  signal: AbortSignal,
): Promise<Streamed> {
  return new Promise((resolve, reject) => {
    const request = openRequest(server, path, {
      ...options,
      signal,
      headers: { ...options.headers, Accept: 'application/json, */*', 'User-Agent': MANAGER },
    })
    request.on('error', reject)
    request.on('response', (response) => {
      const { statusCode: status = 0, headers } = response
      if (status === 200)
        return resolve({ status, headers, body: null, text: '', stream: response })
      refusal(request, response)
        .then((answer) => resolve({ ...answer, stream: undefined }))
        .catch(reject)
    })
    request.end()
  })
}
