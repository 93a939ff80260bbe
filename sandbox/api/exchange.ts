import type { IncomingHttpHeaders } from 'node:http'
import { type Json, parseJson } from '../objects/json.ts'
import {
  badRequest,
  type StatusError,
  statusBody,
  unsupportedMediaType,
} from '../objects/status-error.ts'

/** A request as the API server received it, with its complete body. */
export type ApiRequest = {
  method: string
  /** Path with its query. */
  path: string
  headers: IncomingHttpHeaders
  body: string
  /** Whether it is a dry run. */
  dryRun: boolean
  /** Name of the user of its token; empty for an unknown token. */
  user: string
}

/** An answer before it is sent. */
export type ApiResponse = { status: number; headers: Record<string, string>; body: string }

/** An answer that carries JSON. */
export function jsonResponse(status: number, body: Json): ApiResponse {
  return {
    status,
    headers: { 'Content-Type': 'application/json' },
    body: `${escaped(JSON.stringify(body))}\n`,
  }
}

/** JSON as Go writes it, with the characters of HTML escaped. */
function escaped(json: string): string {
  return json.replace(
    /[<>&\u2028\u2029]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** An answer in plain text, as the API server writes it for what is not a resource. */
export function textResponse(status: number, body: string): ApiResponse {
  const headers = {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
  }
  return { status, headers, body }
}

/** The answer for a refusal. */
export function refusal(error: StatusError): ApiResponse {
  const response = jsonResponse(error.code, statusBody(error))
  // A client that accepts no JSON gets this answer in JSON, formatted for people.
  if (error.code === 406) response.body = JSON.stringify(statusBody(error), null, 2)
  const retryAfter = error.details?.retryAfterSeconds
  if (retryAfter !== undefined) response.headers['Retry-After'] = String(retryAfter)
  if (error.code === 403 && error.reason === 'Forbidden')
    response.headers['X-Content-Type-Options'] = 'nosniff'
  return response
}

/** The answer for a path that nothing serves. */
export function pageNotFound(): ApiResponse {
  return textResponse(404, '404 page not found\n')
}

/** The JSON in a request. Throws StatusError for other bodies. */
export function jsonBody(request: ApiRequest): Json {
  const type = (request.headers['content-type'] ?? 'application/json').split(';')[0]?.trim()
  if (type !== 'application/json')
    throw unsupportedMediaType(['application/json', 'application/yaml'])
  try {
    return parseJson(request.body)
  } catch (error) {
    throw badRequest(error instanceof Error ? error.message : 'no JSON')
  }
}
