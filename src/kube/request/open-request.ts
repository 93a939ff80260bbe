import http from 'node:http'
import https from 'node:https'
import { type Answer, parsedAnswer, urlOf } from './api-request.ts'
import { readAnswer } from './exchange.ts'

/** A request to an API server that is not sent yet. */
export function openRequest(
  server: string,
  path: string,
  options: https.RequestOptions,
): http.ClientRequest {
  const url = urlOf(server, path)
  return (url.protocol === 'http:' ? http : https).request(url, options)
}

/** What is not what was asked for does not answer the request, whatever its status says. */
export async function refusal(
  request: http.ClientRequest,
  response: http.IncomingMessage,
): Promise<Answer> {
  const { status: answered, headers, text } = await readAnswer(request, response)
  const status = Math.max(answered, 400)
  return { status, headers, ...parsedAnswer(text, status) }
}
