import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
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
