import { Agent, request as request1 } from 'node:http'
import { type ClientHttp2Session, connect as connect2, type IncomingHttpHeaders } from 'node:http2'
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { dig, isObject, type Json, parseJson, textAt } from '../../sandbox/objects/json.ts'

export type HttpReply = {
  status: number
  /** By lower-case name, repeated ones joined by a comma and a space. */
  headers: Readonly<Record<string, string>>
  trailers: Readonly<Record<string, string>>
  body: string
  /** Whether the reply came to its end. */
  isWhole: boolean
}

export type HttpAsk = {
  host: string
  path?: string
  method?: string
  headers?: readonly (readonly [name: string, value: string])[]
  body?: Buffer
}

export type HttpPlace = {
  host: string
  port: number
  /** Default `1.1`. */
  version?: '1.1' | '2'
  /** With TLS: whom to trust (PEM), and the server name if it is not the host of the request. */
  tls?: { authority: string; serverName?: string }
}

/** A connection for requests, one after the other. */
export type HttpConnection = { ask(ask: HttpAsk): Promise<HttpReply>; close(): void }

/** A request on a connection of its own. Rejects without a reply. */
export async function askHttp(at: HttpPlace, ask: HttpAsk): Promise<HttpReply> {
  const connection = openHttp(at, ask.host)
  try {
    return await connection.ask(ask)
  } finally {
    connection.close()
  }
}

/** A connection for requests to a host. */
export function openHttp(at: HttpPlace, host: string): HttpConnection {
  const open = () => (at.tls === undefined ? connectTcp(at.port, at.host) : tlsTo(at, host))
  return at.version === '2' ? open2(open()) : open1(open)
}

function tlsTo({ host, port, tls, version }: HttpPlace, name: string): Socket {
  return connectTls({
    host,
    port,
    ca: tls?.authority ?? '',
    servername: tls?.serverName ?? name.replace(/:\d+$/, ''),
    ALPNProtocols: [version === '2' ? 'h2' : 'http/1.1'],
  })
}

function open1(open: () => Socket): HttpConnection {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  agent.createConnection = open
  return {
    ask: ({ host, path = '/', method = 'GET', headers = [], body }) =>
      new Promise((resolve, reject) => {
        const sent = request1({
          agent,
          path,
          method,
          setHost: false,
          headers: [['host', host], ...headers].flat(),
        })
        sent.on('error', reject)
        sent.on('response', (reply) => {
          const chunks: Buffer[] = []
          reply.on('data', (chunk: Buffer) => chunks.push(chunk))
          reply.on('error', () => {})
          reply.on('close', () =>
            resolve({
              status: reply.statusCode ?? 0,
              headers: joined(reply.headersDistinct),
              trailers: joined(reply.trailersDistinct),
              body: Buffer.concat(chunks).toString('utf8'),
              isWhole: reply.complete,
            }),
          )
        })
        sent.end(body)
      }),
    close: () => agent.destroy(),
  }
}

function open2(socket: Socket): HttpConnection {
  const session: ClientHttp2Session = connect2('http://gateway', { createConnection: () => socket })
  session.on('error', () => {})
  return {
    ask: ({ host, path = '/', method = 'GET', headers = [], body }) =>
      new Promise((resolve, reject) => {
        const first: Record<string, string | string[]> = {
          ':method': method,
          ':path': path,
          ':authority': host,
        }
        for (const [name, value] of headers) first[name] = [first[name] ?? [], value].flat()
        const sent = session.request(first)
        const chunks: Buffer[] = []
        let head: IncomingHttpHeaders | undefined
        let trailers: IncomingHttpHeaders = {}
        sent.on('response', (received) => {
          head = received
        })
        sent.on('trailers', (received) => {
          trailers = received
        })
        sent.on('data', (chunk: Buffer) => chunks.push(chunk))
        sent.on('error', (error) => {
          if (head === undefined) reject(error)
        })
        sent.on('close', () => {
          if (head === undefined) return reject(new Error('closed without a reply'))
          resolve({
            status: Number(head[':status']),
            headers: joined(head),
            trailers: joined(trailers),
            body: Buffer.concat(chunks).toString('utf8'),
            isWhole: sent.rstCode === 0,
          })
        })
        sent.end(body)
      }),
    close: () => session.destroy(),
  }
}

function joined(headers: object): Record<string, string> {
  const texts: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers))
    if (!name.startsWith(':') && value !== undefined) texts[name] = [value].flat().join(', ')
  return texts
}

/** What the web application received, as it says itself in the body of its reply. */
export type Echoed = {
  version: string
  path: string
  host: string
  method: string
  headers: Readonly<Record<string, string>>
}

/** Reads the body of the sandbox's application, or of `echo-basic` of the Gateway API's conformance tests. */
export function echoedIn(body: string): Echoed {
  const json: Json = parseJson(body)
  const received = dig(json, 'headers')
  const headers = Object.entries(isObject(received) ? received : {}).map(
    ([name, value]) => [name.toLowerCase(), [value].flat().join(', ')] as const,
  )
  return {
    version: /^web-(.*)-0$/.exec(textAt(json, 'pod') ?? '')?.[1] ?? '',
    path: textAt(json, 'path') ?? '',
    host: textAt(json, 'host') ?? '',
    method: textAt(json, 'method') ?? '',
    headers: Object.fromEntries(headers),
  }
}
