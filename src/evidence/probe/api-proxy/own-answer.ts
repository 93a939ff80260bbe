import type { IncomingHttpHeaders } from 'node:http'
import { type Json, textAt } from '../../../kube/json.ts'

/** Whether an error may be an answer that the API server made itself: these are JSON, and no Envoy has touched them. */
export function mayBeOwn({ server, ...headers }: IncomingHttpHeaders): boolean {
  return server === undefined && /^application\/json\b/.test(headers['content-type'] ?? '')
}

/** What the API server says. `isOfService`: it could not connect to a Pod of the Service, as any client may not. */
export type OwnStatus = { message: string; isOfService: boolean }

/** The Status in the body of an error; undefined where the server behind the API server has answered. */
export function statusIn(body: string, status: number): OwnStatus | undefined {
  const json = parsed(body)
  if (textAt(json, 'kind') !== 'Status' || textAt(json, 'apiVersion') !== 'v1') return undefined
  return {
    message: textAt(json, 'message') ?? `HTTP ${status}`,
    // Source: k8s.io/kubernetes, service proxy: no endpoints, and an endpoint that cannot be connected to.
    isOfService: status === 502 || status === 503,
  }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return null
  }
}
