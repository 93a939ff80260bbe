import type { IncomingHttpHeaders } from 'node:http'
import { Agent, request } from 'node:https'
import { load } from 'js-yaml'
import { type Json, parseJson, textAt } from '../../sandbox/objects/json.ts'

/** What an API server said; the body is null where it is no JSON. */
export type Answer = { status: number; headers: IncomingHttpHeaders; text: string; body: Json }

export type CallOptions = {
  /** Sent as JSON; a text as it is. */
  body?: Json
  /** Content-Type; default application/json, null: none. */
  type?: string | null
  headers?: Readonly<Record<string, string>>
}

/** A client of an API server that makes no retries, whatever the answer is. */
export type Client = {
  call(method: string, path: string, options?: CallOptions): Promise<Answer>
  /** The same API server with another token, or with none. */
  as(token: string | undefined): Client
  close(): void
}

/** Calls the server of a kubeconfig (YAML) with its token, trusting only the authority in it. */
export function openClient(kubeconfig: string): Client {
  const config: Json = parseJson(JSON.stringify(load(kubeconfig)))
  const server = textAt(config, 'clusters', 0, 'cluster', 'server')
  const data = textAt(config, 'clusters', 0, 'cluster', 'certificate-authority-data')
  if (server === undefined || data === undefined) throw new Error('no cluster in the kubeconfig')
  const ca = Buffer.from(data, 'base64').toString('utf8')
  const agent = new Agent({ keepAlive: true, ca })
  const client = (token: string | undefined): Client => ({
    call: (method, path, options = {}) => send(agent, `${server}${path}`, method, token, options),
    as: client,
    close: () => agent.destroy(),
  })
  return client(textAt(config, 'users', 0, 'user', 'token'))
}

function send(
  agent: Agent,
  url: string,
  method: string,
  token: string | undefined,
  { body, type = 'application/json', headers }: CallOptions,
): Promise<Answer> {
  const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body)
  const sent: Record<string, string> = {
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(text === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(text)) }),
    ...(text === undefined || type === null ? {} : { 'Content-Type': type }),
    ...headers,
  }
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers: sent, agent }, (answer) => {
      let received = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        received += chunk
      })
      answer.on('error', reject)
      answer.on('end', () => {
        const isJson = answer.headers['content-type'] === 'application/json'
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          text: received,
          body: isJson ? parseJson(received) : null,
        })
      })
    })
    outgoing.on('error', reject)
    outgoing.end(text)
  })
}
