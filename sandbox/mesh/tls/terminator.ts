import type { Socket } from 'node:net'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import type { Credential, Termination } from './credentials.ts'

/** Ends the TLS of connections. */
export type Terminator = {
  /** `opened` is called once the handshake is complete. Without one, the connection is closed. */
  open(
    socket: Socket,
    by: { termination: Termination; credential: Credential },
    opened: (inside: TLSSocket) => void,
  ): void
}

export function createTerminator(): Terminator {
  // Node makes a certificate ready once for each server, which none of these connections comes to by itself.
  const servers = new Map<string, Server>()
  const waiting = new Map<string, (inside: TLSSocket) => void>()
  const serverFor = (termination: Termination, credential: Credential): Server => {
    const key = JSON.stringify([termination, credential])
    const known = servers.get(key)
    if (known !== undefined) return known
    const { certificate: cert, key: privateKey, authority: ca } = credential
    const { clients, alpn } = termination
    const server = createServer({
      cert,
      key: privateKey,
      ...(ca === undefined ? {} : { ca }),
      ...(alpn.length === 0 ? {} : { ALPNProtocols: [...alpn] }),
      requestCert: clients !== 'unasked',
      rejectUnauthorized: clients === 'required',
    })
    server.on('secureConnection', (inside) => {
      inside.on('error', () => inside.destroy())
      const opened = waiting.get(nameOf(inside))
      // A client without a certificate is let in, one with a wrong certificate is not.
      const isWrong = clients === 'optional' && !inside.authorized && hasCertificate(inside)
      if (isWrong || opened === undefined) return void inside.destroy()
      opened(inside)
    })
    server.on('tlsClientError', (_, inside) => inside.destroy())
    servers.set(key, server)
    return server
  }
  return {
    open(socket, { termination, credential }, opened) {
      const name = nameOf(socket)
      waiting.set(name, opened)
      socket.on('close', () => {
        if (waiting.get(name) === opened) waiting.delete(name)
      })
      serverFor(termination, credential).emit('connection', socket)
    },
  }
}

function hasCertificate(inside: TLSSocket): boolean {
  return Object.keys(inside.getPeerCertificate()).length > 0
}

/** Both ends of a connection, which tell it from all others. */
function nameOf({ remoteAddress, remotePort, localAddress, localPort }: Socket): string {
  return `${remoteAddress}:${remotePort} ${localAddress}:${localPort}`
}
