import http from 'node:http'
import https from 'node:https'
import { countText } from '../../problem/count-text.ts'

/** One HTTP request. */
export type Outgoing = Required<Pick<https.RequestOptions, 'method' | 'headers'>> & {
  body: string | undefined
}

/** How a request reaches its server. `onSent` is called when it was passed to the system. */
export type ConnectOptions = https.RequestOptions & { onSent?: (() => void) | undefined }

export type Incoming = { status: number; headers: http.IncomingHttpHeaders; text: string }

/** The longest answer that is read. A list of all Pods of a large namespace has about ten million bytes. */
export const MOST_ANSWER_BYTES = 64 * 1024 * 1024

/**
 * Sends one request and reads its answer, up to a bound. The caller limits its time with `within`, because Node ignores
 * `signal` while an agent connects, through a proxy for example.
 */
export function exchange(
  url: URL,
  { body, ...outgoing }: Outgoing,
  { onSent = () => undefined, ...options }: ConnectOptions & { signal: AbortSignal },
  mostBytes = MOST_ANSWER_BYTES,
): Promise<Incoming> {
  const client = url.protocol === 'http:' ? http : https
  return new Promise((resolve, reject) => {
    const request = client.request(url, { ...options, ...outgoing }, (response) => {
      readAnswer(request, response, mostBytes).then(resolve, reject)
    })
    request.on('finish', onSent)
    request.on('error', reject)
    request.end(body)
  })
}

/** Reads an answer, up to a bound. */
export function readAnswer(
  request: http.ClientRequest,
  response: http.IncomingMessage,
  mostBytes = MOST_ANSWER_BYTES,
): Promise<Incoming> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > mostBytes) {
        chunks.length = 0
        request.destroy(new UnusableAnswer(tooLongText(mostBytes)))
      } else chunks.push(chunk)
    })
    response.on('error', reject)
    response.on('end', () => {
      const { statusCode: status = 0, headers } = response
      resolve({ status, headers, text: Buffer.concat(chunks).toString('utf8') })
    })
  })
}

/** An answer that cannot be used. The message follows the name of the server. */
export class UnusableAnswer extends Error {}

/** A redirect. The server that sent it did not carry out the request. */
export class Redirected extends UnusableAnswer {}

function tooLongText(mostBytes: number): string {
  return `answered with more than ${countText(mostBytes)} bytes`
}
