import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { connect as connectTcp } from 'node:net'
import * as tls from 'node:tls'
import type { Round } from '../../kit/bench/wire/exchange.ts'
import { inLanes } from './lanes.ts'

const MARK = 'web-v1-'

/**
 * What Node itself takes for a request over TLS: a connection, its certificate verified and its name compared, a request,
 * and a reply that is searched for a word. One context for all, and the first group of keys that the prober uses.
 */
export function bareTlsRequests(name: string, ca: string, round: Round): Promise<number> {
  const to = { host: round.host, port: round.port, noDelay: true }
  const secureContext = tls.createSecureContext({ ca, ecdhCurve: 'X25519:P-256:P-384:P-521' })
  const request = `GET / HTTP/1.1\r\nhost: ${name}\r\nconnection: close\r\n\r\n`
  const buffer = Buffer.allocUnsafe(16 * 1024)
  return inLanes(round, (done) => {
    let answered = false
    const socket: tls.TLSSocket = tls.connect({
      ...to,
      ...{ onread: { buffer, callback } },
      secureContext,
      servername: name,
      ALPNProtocols: ['http/1.1'],
      checkServerIdentity: () =>
        socket.getPeerX509Certificate()?.checkHost(name) === undefined
          ? new Error('another name')
          : undefined,
    })
    // As the prober does: Node would describe the whole chain.
    Object.assign(socket, { getPeerCertificate: () => undefined })

    function callback(bytes: number): boolean {
      answered = buffer.toString('latin1', 0, bytes).includes(MARK)
      if (answered) socket.destroy()
      return !answered
    }

    socket.on('secureConnect', () => socket.write(request))
    socket.on('error', () => undefined)
    socket.on('close', () => done(answered))
  })
}

const ANY = new URL('http://localhost')

/**
 * What node:http2 itself takes for a request: a stream, and a reply that is searched for a word; before it, unless they
 * are kept, a connection and a session.
 */
export async function bareHttp2Requests(
  name: string,
  round: Round,
  keep: boolean,
): Promise<number> {
  const to = { host: round.host, port: round.port, noDelay: true }
  const headers = { ':method': 'GET', ':scheme': 'http', ':authority': name, ':path': '/' }
  const idle: ClientHttp2Session[] = []

  function ask(session: ClientHttp2Session, ended: (answered: boolean) => void): void {
    let text = ''
    const stream = session.request(headers)
    stream.on('error', () => undefined)
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
    })
    stream.on('close', () => ended(text.includes(MARK)))
  }

  const failed = await inLanes(round, (done) => {
    const kept = idle.pop()
    const asked = (session: ClientHttp2Session) =>
      ask(session, (answered) => {
        idle.push(session)
        done(answered)
      })
    if (kept !== undefined) {
      asked(kept)
      return
    }
    let isAnswered = false
    const socket = connectTcp(to)
    socket.on('error', () => undefined)
    socket.once('connect', () => {
      const session = connectHttp2(ANY, { createConnection: () => socket })
      session.on('error', () => undefined)
      if (keep) asked(session)
      else
        ask(session, (answered) => {
          isAnswered = answered
          session.destroy()
        })
    })
    if (!keep) socket.on('close', () => done(isAnswered))
  })
  for (const session of idle) session.destroy()
  return failed
}
