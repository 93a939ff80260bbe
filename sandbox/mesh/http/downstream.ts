import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  createServer as createServer2,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import type { Duplex } from 'node:stream'
import { type Exchange, listOf, recordOf } from './exchange.ts'

/** Reads requests from connections. */
export type Downstream = {
  /** Serves an accepted connection, or what is inside its TLS. The scheme is that of its requests. */
  serve(connection: Duplex, version: '1.1' | '2', scheme: 'http' | 'https', take: Take): void
  stop(): void
}

/** Answers a request. */
export type Take = (exchange: Exchange) => void

type Served = { scheme: 'http' | 'https'; take: Take }

export function createDownstream(): Downstream {
  const served = new WeakMap<object, Served>()
  // Envoy closes idle connections after an hour.
  const one = createServer({
    keepAliveTimeout: 0,
    requestTimeout: 0,
    headersTimeout: 0,
    requireHostHeader: false,
  })
  one.on('request', (request, response) => {
    const at = served.get(request.socket)
    if (at !== undefined) at.take(exchange1(request, response, at.scheme))
  })
  one.on('clientError', (_, socket) => {
    if (socket.writable) socket.end(badRequest())
  })
  const two = createServer2()
  two.on('stream', (stream: ServerHttp2Stream, headers, _flags, raw: string[]) => {
    const socket = stream.session && sockets.get(stream.session)
    const at = socket && served.get(socket)
    stream.on('error', () => {})
    if (at !== undefined) at.take(exchange2(stream, headers, raw, at.scheme))
  })
  two.on('sessionError', () => {})
  const sockets = new WeakMap<object, Duplex>()
  let opening: Duplex | undefined
  two.on('session', (session) => {
    if (opening !== undefined) sockets.set(session, opening)
  })
  return {
    serve(connection, version, scheme, take) {
      served.set(connection, { scheme, take })
      if (version === '2') {
        // The session begins within `emit`.
        opening = connection
        two.emit('connection', connection)
        opening = undefined
        return
      }
      one.emit('connection', connection)
      // It was paused for a look at its first bytes.
      connection.resume()
    },
    stop() {
      one.closeAllConnections()
    },
  }
}

function exchange1(
  request: IncomingMessage,
  response: ServerResponse,
  scheme: 'http' | 'https',
): Exchange {
  const headers = listOf(request.rawHeaders)
  const [, host, path] = /^https?:\/\/([^/?#]*)(.*)$/.exec(request.url ?? '') ?? []
  return {
    head: {
      method: request.method ?? 'GET',
      scheme,
      authority: host ?? request.headers.host ?? '',
      path: path ?? request.url ?? '/',
      headers: headers.filter(([name]) => name !== 'host'),
    },
    version: request.httpVersion,
    body: request,
    respond(status, list, body, trailers) {
      const closes = !response.shouldKeepAlive
      // Envoy sends no header for a connection that stays open.
      response.removeHeader('connection')
      response.sendDate = false
      response.writeHead(status, recordOf(closes ? [...list, ['connection', 'close']] : list))
      if (body === undefined || typeof body === 'string') return void response.end(body)
      body.on('error', () => request.socket.destroy())
      body.on('data', (chunk) => {
        if (!response.write(chunk)) body.pause()
      })
      response.on('drain', () => body.resume())
      body.on('end', () => {
        const last = trailers?.() ?? []
        if (last.length > 0)
          response.addTrailers(last.map(([name, value]): [string, string] => [name, value]))
        response.end()
      })
    },
    abort: () => void request.socket.destroy(),
    onClosed: (act) => response.once('close', act),
  }
}

/** Envoy's reply to what is no request. */
function badRequest(): string {
  const lines = [
    'HTTP/1.1 400 Bad Request',
    'content-length: 11',
    'content-type: text/plain',
    `date: ${new Date().toUTCString()}`,
    'server: istio-envoy',
    'connection: close',
  ]
  return `${lines.join('\r\n')}\r\n\r\nBad Request`
}

function exchange2(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  raw: readonly string[],
  scheme: 'http' | 'https',
): Exchange {
  // An error ends the stream with INTERNAL_ERROR. Its method `close` would send the end of the body first.
  const cut = () => void stream.destroy(new Error('the reply is not whole'))
  return {
    head: {
      method: headers[':method'] ?? 'GET',
      scheme,
      authority: headers[':authority'] ?? headers.host ?? '',
      path: headers[':path'] ?? '/',
      headers: listOf(raw).filter(([name]) => name !== 'host'),
    },
    version: '2',
    body: stream,
    respond(status, list, body, trailers) {
      if (stream.destroyed || stream.headersSent) return
      const first = { ':status': status, ...recordOf(list) }
      if (body === undefined) return stream.respond(first, { endStream: true })
      stream.respond(first, { waitForTrailers: trailers !== undefined })
      stream.on('wantTrailers', () => stream.sendTrailers(recordOf(trailers?.() ?? [])))
      if (typeof body === 'string') return void stream.end(body)
      body.on('error', cut)
      body.pipe(stream)
    },
    abort: cut,
    onClosed: (act) => stream.once('close', act),
  }
}
