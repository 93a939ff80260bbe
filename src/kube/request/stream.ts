import http from 'node:http'
import https from 'node:https'
import { type Answer, MANAGER, parsedAnswer, urlOf } from './api-request.ts'
import { readAnswer } from './exchange.ts'

/** The answer to a request whose body is read as it arrives. `stream`: undefined where the server refused. */
export type Streamed = Answer & { stream: http.IncomingMessage | undefined }

/** Sends a request and waits for the head of its answer. */
export function openStream(
  server: string,
  { path }: { path: string },
  options: https.RequestOptions,
  signal: AbortSignal,
): Promise<Streamed> {
  const url = urlOf(server, path)
  const client = url.protocol === 'http:' ? http : https
  return new Promise((resolve, reject) => {
    const request = client.request(url, {
      ...options,
      signal,
      headers: { ...options.headers, Accept: 'application/json, */*', 'User-Agent': MANAGER },
    })
    request.on('error', reject)
    request.on('response', (response) => {
      const { statusCode: status = 0, headers } = response
      if (status === 200)
        return resolve({ status, headers, body: null, text: '', stream: response })
      // What is no stream does not answer the request, whatever its status says.
      const refused = Math.max(status, 400)
      readAnswer(request, response)
        .then(({ text }) =>
          resolve({ status: refused, headers, ...parsedAnswer(text, refused), stream: undefined }),
        )
        .catch(reject)
    })
    request.end()
  })
}
