import { once } from 'node:events'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect as http2Connect } from 'node:http2'
import { request as httpsRequest } from 'node:https'
import type { Mesh } from '../gateway/mesh.ts'

/** A reply of the gateway. */
export type Reply = { status: number; headers: IncomingHttpHeaders; body: string }

export type Sent = {
  method?: string
  path?: string
  host?: string
  headers?: Readonly<Record<string, string>>
  /** Where it is sent; default: the gateway's port for HTTP. */
  port?: number
  /** Default: false. */
  tls?: boolean
}

export const HOST = 'web.example.com'

/** Sends a request on a connection of its own, with HTTP/1.1. */
export function send(mesh: Mesh, sent: Sent = {}): Promise<Reply> {
  const { method = 'GET', path = '/', host = HOST, headers = {}, tls = false } = sent
  const port = sent.port ?? (tls ? mesh.web.https : mesh.web.http)
  const options = {
    ...{ host: mesh.gateway.host, port, method, path, agent: false },
    headers: { ...headers, host },
    ...(tls ? { ca: mesh.web.authority, servername: host } : {}),
  }
  return new Promise((resolve, reject) => {
    const outgoing = (tls ? httpsRequest : httpRequest)(options, (reply) => {
      let body = ''
      reply.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk
      })
      reply.on('error', reject)
      reply.on('end', () =>
        resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body }),
      )
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

/** The same with HTTP/2, which a client begins at once. */
export async function send2(mesh: Mesh, sent: Sent = {}): Promise<Reply> {
  const { method = 'GET', path = '/', host = HOST, headers = {}, tls = false } = sent
  const port = sent.port ?? (tls ? mesh.web.https : mesh.web.http)
  const scheme = tls ? 'https' : 'http'
  const session = http2Connect(`${scheme}://${host}`, {
    ...{ host: mesh.gateway.host, port },
    ...(tls ? { ca: mesh.web.authority, servername: host } : {}),
  })
  // The stream says it too.
  session.on('error', () => undefined)
  try {
    const stream = session.request({
      ...headers,
      ...{ ':method': method, ':path': path, ':authority': host, ':scheme': scheme },
    })
    let body = ''
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk
    })
    stream.end()
    const [head] = await once(stream, 'response')
    await once(stream, 'end')
    const { ':status': status, ...others } = head
    return { status: Number(status), headers: others, body }
  } finally {
    session.destroy()
  }
}
