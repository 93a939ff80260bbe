import { createServer as createServer1 } from 'node:http'
import { createServer as createServer2 } from 'node:http2'
import { createServer, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { KeyPair } from '../api/certificate.ts'
import type { ReplyFault } from '../faults/destination-fault.ts'
import type { Listening } from '../mesh/addresses.ts'
import { beginsHttp2, peek } from '../mesh/http/preface.ts'
import { reset } from '../mesh/reset.ts'
import { listenAsVersion, type VersionServer } from './version-server.ts'
import { createWebAnswers } from './web-answers.ts'

const POD_NET = 79
const POD_PORT = 8080
const TLS_HANDSHAKE = 0x16

/**
 * A version of an application that speaks HTTP/1.1, HTTP/2 and gRPC, each also in TLS, all on one port of its own loopback
 * address. Its replies say what it received. `faultOf` returns the fault of a request by its number since the start, from 1.
 */
export async function startWebServer(options: {
  version: string
  faultOf: (request: number) => ReplyFault | undefined
  certificate: KeyPair
  /** Where it listens, if not at a loopback address of its own. */
  at?: Listening
}): Promise<VersionServer> {
  const answers = createWebAnswers(options.version, options.faultOf)
  const sockets = new Set<Socket>()
  const secured = new WeakSet<Socket>()
  // Connections stay open until the gateway closes them, so that none closes as a request is sent on it.
  const one = createServer1({ keepAliveTimeout: 0, requestTimeout: 0 }, answers.http1)
  const two = createServer2().on('stream', answers.http2)
  two.on('sessionError', () => {})
  const { certificate: cert, key } = options.certificate
  const tls = createTlsServer({ cert, key, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
    socket.on('error', () => socket.destroy())
    ;(socket.alpnProtocol === 'h2' ? two : one).emit('connection', socket)
  })
  tls.on('tlsClientError', () => {})
  const server = createServer({ noDelay: true, pauseOnConnect: true }, (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    peek(socket, (bytes) => () => {
      if (bytes[0] === TLS_HANDSHAKE) {
        secured.add(socket)
        return void tls.emit('connection', socket)
      }
      beginsHttp2(socket, (isHttp2) => {
        ;(isHttp2 ? two : one).emit('connection', socket)
        // It was paused for a look at its first bytes.
        if (!isHttp2) socket.resume()
      })
    })
  })
  const place = { net: POD_NET, port: POD_PORT, at: options.at }
  return listenAsVersion(server, place, {
    cut() {
      // TLS may be half-closing a connection without its socket showing it, and a reset would then leave the handle open.
      for (const socket of sockets) {
        if (secured.has(socket)) socket.destroy()
        else reset(socket)
      }
    },
    stop: answers.stop,
  })
}
