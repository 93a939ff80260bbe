import { TCP } from '../../../../src/evidence/probe/connection/transport.ts'
import type { ConnectionOutcome } from '../../../../src/evidence/probe/connection-outcome.ts'
import {
  type HttpDialSettings,
  keptHttpDial,
} from '../../../../src/evidence/probe/http/http-dial.ts'

export const HOST = 'shop.example'

export function dialTo(port: number, more: Partial<HttpDialSettings> = {}, mostIdleMs?: number) {
  const settings: HttpDialSettings = {
    addresses: ['127.0.0.1'],
    port,
    transport: TCP,
    request: { method: 'GET', path: '/', authority: HOST, headers: [] },
    timeoutMs: 60_000,
    ...more,
  }
  return keptHttpDial(settings, mostIdleMs)
}

/** A reply whose body is the number of its request. */
export function replyTo(number: number, more = ''): string {
  return `HTTP/1.1 200 OK\r\n${more}content-length: ${`${number}`.length}\r\n\r\n${number}`
}

export function textsOf(outcomes: readonly ConnectionOutcome[]): string[] {
  return outcomes.map((each) => (each.kind === 'reply' ? each.text : each.kind))
}
