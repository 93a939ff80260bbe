import { lanes } from '../connection/lanes.ts'
import type { Transport } from '../connection/transport.ts'
import type { Dial } from '../connection-outcome.ts'
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

/** Methods whose requests say that their body is empty. */
export const WITH_BODY: readonly string[] = ['POST', 'PUT', 'PATCH']

/** The request as it is sent. A header of the inputs replaces one that is sent by default. */
export function requestText({
  method,
  path,
  authority,
  headers,
}: HttpDialSettings['request']): string {
  const own = [
    ['host', authority],
    ['user-agent', USER_AGENT],
    ['accept', '*/*'],
    ['connection', 'close'],
    ...(WITH_BODY.includes(method) ? [['content-length', '0']] : []),
  ] as const
  const lines = [...own.filter(([name]) => headers.every(([other]) => other !== name)), ...headers]
  return `${method} ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`
}

/** Names this tool in access logs. */
export const USER_AGENT = 'istio-traffic-shift'
