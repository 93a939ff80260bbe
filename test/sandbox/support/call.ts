import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import { load } from 'js-yaml'
import { type Json, parseJson, textAt } from '../../../sandbox/objects/json.ts'
import { ADMIN_TOKEN } from '../../../sandbox/options.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'

export type Answer = { status: number; headers: IncomingHttpHeaders; text: string; body: Json }

export const JSON_PATCH = 'application/json-patch+json'
export const MERGE_PATCH = 'application/merge-patch+json'

/** Calls a sandbox's API server over HTTPS, trusting only the authority of its kubeconfig. */
export function call(
  sandbox: Sandbox,
  method: string,
  path: string,
  more: {
    body?: Json | string
    type?: string
    token?: string | undefined
    headers?: Record<string, string>
    kubeconfig?: string
  } = {},
): Promise<Answer> {
  const { server, ca } = clusterIn(more.kubeconfig ?? sandbox.kubeconfig)
  const token = 'token' in more ? more.token : ADMIN_TOKEN
  const { body } = more
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body)
  const headers: Record<string, string> = {
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(text === undefined
      ? {}
      : {
          'Content-Type': more.type ?? 'application/json',
          'Content-Length': String(Buffer.byteLength(text)),
        }),
    ...more.headers,
  }
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${server}${path}`,
      // The Host header may be that of another server.
      { method, headers, ca, agent: false, servername: '' },
      (answer) => {
        let received = ''
        answer.setEncoding('utf8')
        answer.on('data', (chunk: string) => {
          received += chunk
        })
        answer.on('error', reject)
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text: received,
            body: answer.headers['content-type']?.includes('json') ? parseJson(received) : null,
          }),
        )
      },
    )
    outgoing.on('error', reject)
    outgoing.end(text)
  })
}

/** A JSON Patch of the tutorial's VirtualService or of what `path` names. */
export function jsonPatch(
  sandbox: Sandbox,
  path: string,
  operations: Json,
  more: { token?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  return call(sandbox, 'PATCH', path, { body: operations, type: JSON_PATCH, ...more })
}

/** Server and authority (PEM) of a kubeconfig. */
function clusterIn(kubeconfig: string): { server: string; ca: string } {
  const config: Json = parseJson(JSON.stringify(load(kubeconfig)))
  const server = textAt(config, 'clusters', 0, 'cluster', 'server')
  const data = textAt(config, 'clusters', 0, 'cluster', 'certificate-authority-data')
  if (server === undefined || data === undefined) throw new Error('no cluster in the kubeconfig')
  return { server, ca: Buffer.from(data, 'base64').toString('utf8') }
}
