import type { IncomingMessage, ServerResponse } from 'node:http'
import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { ReplyFault } from '../faults/destination-fault.ts'
import { reset } from '../mesh/reset.ts'

/** Handlers of requests, by the version of HTTP. */
export type WebAnswers = {
  http1(request: IncomingMessage, response: ServerResponse): void
  http2(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void
  stop(): void
}

/** A reply to a request, before faults. */
type WebReply = { status: number; headers: Record<string, string>; body: Buffer }

/** What a fault does to a reply that is being sent. */
type Sending = {
  start(status: number, headers: Record<string, string>): void
  write(bytes: Buffer): void
  end(bytes?: Buffer): void
  /** Ends the connection, or the HTTP/2 stream, with a reset. */
  reset(): void
  /** Ends it without one. */
  close(): void
  isOpen(): boolean
}

const FILLER = Buffer.alloc(64 * 1024, 'x')
/** HealthCheckResponse with the status SERVING. */
const SERVING = Buffer.from([0, 0, 0, 0, 2, 8, 1])

export function createWebAnswers(
  version: string,
  faultOf: (request: number) => ReplyFault | undefined,
): WebAnswers {
  let requests = 0
  const timers = new Set<NodeJS.Timeout>()
  const later = (delayMs: number, act: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      act()
    }, delayMs)
    timer.unref()
    timers.add(timer)
  }
  const nextFault = () => {
    requests += 1
    return faultOf(requests)
  }
  return {
    http1(request, response) {
      const fault = nextFault()
      request.resume()
      const { method = '', url = '/', headers } = request
      const reply = echo({ method, path: url, host: headers.host ?? '', headers, version }, fault)
      send(sending1(request.socket, response), reply, fault, later)
    },
    http2(stream, headers) {
      const fault = nextFault()
      stream.on('error', () => {})
      if (headers['content-type']?.startsWith('application/grpc') === true)
        return answerGrpc(stream, headers, { version, fault, later })
      stream.resume()
      const { ':method': method = '', ':path': path = '/', ':authority': host = '' } = headers
      const shown = Object.fromEntries(
        Object.entries(headers).filter(([name]) => !name.startsWith(':')),
      )
      const reply = echo({ method, path, host, headers: shown, version }, fault)
      send(sending2(stream), reply, fault, later)
    },
    stop() {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

type Later = (delayMs: number, act: () => void) => void

function echo(
  request: {
    method: string
    path: string
    host: string
    headers: IncomingHttpHeaders
    version: string
  },
  fault: ReplyFault | undefined,
): WebReply {
  const version = fault?.kind === 'prefix' ? fault.prefix : request.version
  const { method, path, host } = request
  const { connection: _, ...headers } = request.headers
  const isNamed = fault?.kind !== 'no-version'
  const names = isNamed ? { version, pod: `web-${version}-0` } : {}
  const told = { ...names, method, path, host, headers }
  const body = Buffer.from(`${JSON.stringify(told)}\n`)
  const replaced = fault?.kind === 'status' ? fault.body : undefined
  return {
    status: fault?.kind === 'status' ? fault.status : 200,
    headers: { 'content-type': 'application/json', ...(isNamed ? { 'x-version': version } : {}) },
    body: replaced === undefined ? body : Buffer.from(replaced),
  }
}

function send(to: Sending, reply: WebReply, fault: ReplyFault | undefined, later: Later) {
  const { status, headers, body } = reply
  const half = body.subarray(0, Math.ceil(body.length / 2))
  const whole = () => {
    to.start(status, { ...headers, 'content-length': String(body.length) })
    to.end(body)
  }
  const begin = (bytes: Buffer) => {
    to.start(status, headers)
    to.write(bytes)
  }
  switch (fault?.kind) {
    case 'slow':
      return later(fault.delayMs, whole)
    case 'silent':
      return undefined
    case 'half-line':
      begin(half)
      return fault.afterwards === 'close' ? later(CUT_MS, to.close) : undefined
    case 'cut':
      begin(half)
      return later(CUT_MS, to.reset)
    case 'two-packets':
      begin(half)
      return later(fault.gapMs, () => to.end(body.subarray(half.length)))
    case 'endless':
      begin(body)
      return pour(to, fault.bytes ?? Number.POSITIVE_INFINITY)
    case 'invalid-utf8':
      to.start(status, headers)
      return to.end(Buffer.concat([Buffer.from([0xff, 0xfe, 0xc3, 0x28]), body]))
    case 'eof':
      return to.close()
    case 'resets':
      return to.reset()
    case 'drip':
      begin(body.subarray(0, 1))
      return drip(to, body.subarray(1), fault.everyMs, later)
    case 'reply':
      to.start(status, headers)
      return to.end(Buffer.from(fault.bytes))
    default:
      return whole()
  }
}

/** Time for the first half of a reply to arrive before the connection ends. */
const CUT_MS = 5

function drip(to: Sending, bytes: Buffer, everyMs: number, later: Later): void {
  later(everyMs, () => {
    if (!to.isOpen()) return
    if (bytes.length <= 1) {
      to.end(bytes)
      return
    }
    to.write(bytes.subarray(0, 1))
    drip(to, bytes.subarray(1), everyMs, later)
  })
}

function pour(to: Sending, left: number): void {
  if (!to.isOpen()) return
  if (left <= 0) {
    to.end()
    return
  }
  const part = FILLER.subarray(0, left)
  to.write(part)
  setImmediate(pour, to, left - part.length)
}

function sending1(socket: Socket, response: ServerResponse): Sending {
  return {
    start: (status, headers) => void response.writeHead(status, headers),
    write: (bytes) => void response.write(bytes),
    end: (bytes) => void response.end(bytes),
    reset: () => reset(socket),
    close: () => void socket.destroy(),
    isOpen: () => response.writable && !socket.destroyed,
  }
}

function sending2(stream: ServerHttp2Stream): Sending {
  return {
    start: (status, headers) => stream.respond({ ':status': status, ...headers }),
    write: (bytes) => void stream.write(bytes),
    end: (bytes) => void stream.end(bytes),
    reset: () => void stream.destroy(new Error('reset')),
    close: () => stream.close(constants.NGHTTP2_REFUSED_STREAM),
    isOpen: () => !stream.destroyed && !stream.closed,
  }
}

/** Answers a health check, and any other call with the messages that it sent. */
function answerGrpc(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  { version, fault, later }: { version: string; fault: ReplyFault | undefined; later: Later },
): void {
  const status = fault?.kind === 'grpc-status' ? fault : { status: 0, message: '' }
  const named =
    fault?.kind === 'no-version'
      ? {}
      : { 'x-version': fault?.kind === 'prefix' ? fault.prefix : version }
  const first = { ':status': 200, 'content-type': 'application/grpc', ...named }
  const last = {
    'grpc-status': String(status.status),
    ...(status.message ? { 'grpc-message': encodeURIComponent(status.message) } : {}),
  }
  const isHealthCheck = headers[':path'] === '/grpc.health.v1.Health/Check'
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  stream.on('end', () => {
    const message = isHealthCheck ? SERVING : Buffer.concat(chunks)
    if (status.status !== 0) return stream.respond({ ...first, ...last }, { endStream: true })
    send(
      {
        ...sending2(stream),
        start() {
          stream.respond(first, { waitForTrailers: true })
          stream.on('wantTrailers', () => stream.sendTrailers(last))
        },
      },
      { status: 200, headers: {}, body: message },
      fault,
      later,
    )
  })
}
