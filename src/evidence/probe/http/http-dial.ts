import { startClosing } from '../connection/closing.ts'
import { keepConnections } from '../connection/keep-connections.ts'
import { openStream } from '../connection/kept-stream.ts'
import { lanes } from '../connection/lanes.ts'
import type { Transport } from '../connection/transport.ts'
import { addressesInTurn } from '../connection/transport.ts'
import type { Dial, KeptDial } from '../connection-outcome.ts'
import type { HttpProbeSettings } from './http-probe-settings.ts'
import { responseReader } from './response-reader.ts'

/** How one request over HTTP/1.1 is made. Times in milliseconds. */
export type HttpDialSettings = {
  addresses: readonly string[]
  port: number
  transport: Transport
  request: Pick<HttpProbeSettings, 'method' | 'path' | 'authority' | 'headers'>
  timeoutMs: number
  ordinaryCloses?: number
}

/** A reply's head has some hundred bytes. */
const READ_BUFFER_BYTES = 16 * 1024

/** Dials the addresses in turn: connect, send the request, read one reply, close. */
export function httpDial({ request, ...settings }: HttpDialSettings): Dial {
  return lanes({
    ...settings,
    request: Buffer.from(requestText(request), 'latin1'),
    reader: () => responseReader(request.method),
    bufferBytes: READ_BUFFER_BYTES,
  })
}

/**
 * Dials the addresses in turn, and keeps the connections: one request after another, none before the reply to the one
 * before it. Only for methods of `REPEATABLE`.
 * @param mostIdleMs a connection that has been idle for longer is not used again
 */
export function keptHttpDial(
  { request, addresses, port, transport, timeoutMs, ordinaryCloses }: HttpDialSettings,
  mostIdleMs?: number,
): KeptDial {
  const settings = {
    transport,
    request: Buffer.from(requestText(request, { keepsOpen: true }), 'latin1'),
    reader: () => responseReader(request.method),
    bufferBytes: READ_BUFFER_BYTES,
    closing: startClosing(ordinaryCloses),
  }
  const next = addressesInTurn(addresses, port)
  return keepConnections({
    open: (lost) => openStream(settings, next(), lost),
    timeoutMs,
    mostIdleMs,
  })
}

/**
 * Methods whose requests may be served twice (RFC 9110, 9.2.2). A request on a kept connection may have to be sent again,
 * because the server may be closing the connection just then.
 */
export const REPEATABLE: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']

/** Methods whose requests say that their body is empty. */
export const WITH_BODY: readonly string[] = ['POST', 'PUT', 'PATCH']

/** The headers of a request, in lower case, as they are sent. One of the inputs replaces one that is sent by default. */
export function headersOf(
  { method, authority, headers }: Omit<HttpDialSettings['request'], 'path'>,
  { keepsOpen } = { keepsOpen: false },
): (readonly [name: string, value: string])[] {
  const own: (readonly [string, string])[] = [
    ['host', authority],
    ['user-agent', USER_AGENT],
    ['accept', '*/*'],
    ...(keepsOpen ? [] : [['connection', 'close'] as const]),
    ...(WITH_BODY.includes(method) ? [['content-length', '0'] as const] : []),
  ]
  return [...own.filter(([name]) => headers.every(([other]) => other !== name)), ...headers]
}

/** The request as it is sent. */
export function requestText(
  request: HttpDialSettings['request'],
  keeping?: { keepsOpen: boolean },
) {
  const { method, path } = request
  const lines = headersOf(request, keeping).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}

/** Names this tool in access logs. */
export const USER_AGENT = 'istio-traffic-shift'
