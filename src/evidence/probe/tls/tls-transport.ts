import { connect as connectTcp, isIP } from 'node:net'
import * as tls from 'node:tls'
import type { Address, OnRead, Opened, Transport } from '../connection/transport.ts'
import { secureContext } from './secure-context.ts'
import { tlsFailure } from './tls-failure.ts'
import type { TlsSettings } from './tls-settings.ts'

/**
 * TLS connections, each with a whole handshake. Sessions are not resumed: a load balancer may keep all connections of a
 * session on one server, and the samples would not be independent.
 * @param protocols offered by ALPN; none: ALPN is not used
 */
export function tlsTransport(settings: TlsSettings, protocols: readonly string[] = []): Transport {
  const connect = startConnecting(settings, protocols)
  return {
    // Else the system would hold the request back until the other side has acknowledged the end of the handshake.
    open: (to, onread, resettable) =>
      resettable
        ? onRawSocket(connect, to, onread)
        : { socket: connect({ ...to, noDelay: true, onread }) },
    established: 'secureConnect',
    connectsAgain: false,
    failure: tlsFailure,
  }
}

type Connect = (
  to: (Address & { noDelay: boolean; onread: OnRead }) | Pick<tls.ConnectionOptions, 'socket'>,
) => tls.TLSSocket

/** Made once for settings, which takes some milliseconds. */
const contexts = new WeakMap<TlsSettings, tls.SecureContext>()

function contextOf(settings: TlsSettings): tls.SecureContext {
  const known = contexts.get(settings)
  if (known !== undefined) return known
  const made = secureContext(settings)
  contexts.set(settings, made)
  return made
}

/** Returns what makes TLS connections with these settings. */
export function startConnecting(settings: TlsSettings, protocols: readonly string[] = []): Connect {
  const { serverName, insecure } = settings
  return (to) => {
    const context = contextOf(settings)
    const socket: tls.TLSSocket = tls.connect({
      ...to,
      secureContext: context,
      rejectUnauthorized: !insecure,
      checkServerIdentity: (host) => checkName(socket, serverName ?? host),
      // SNI has no addresses (RFC 6066, 3).
      ...(serverName === undefined || isIP(serverName) ? {} : { servername: serverName }),
      ...(protocols.length === 0 ? {} : { ALPNProtocols: [...protocols] }),
    })
    // Node would describe the whole chain of certificates for checkServerIdentity, which takes as long as a key exchange.
    Object.assign(socket, { getPeerCertificate: () => undefined })
    return socket
  }
}

/** Only a socket of its own can be reset below TLS. Its bytes come as events. */
function onRawSocket(connect: Connect, to: Address, { buffer, callback }: OnRead): Opened {
  const raw = connectTcp({ ...to, noDelay: true })
  const socket = connect({ socket: raw })
  socket.on('data', (chunk: Buffer) => {
    for (let from = 0; from < chunk.length; ) {
      const bytes = chunk.copy(buffer, 0, from)
      if (!callback(bytes)) return
      from += bytes
    }
  })
  // A half-close that is under way cannot be reset: Node would drop the socket and keep its handle open.
  return {
    socket,
    reset: () => (socket.writableEnded ? void socket.destroy() : void raw.resetAndDestroy()),
  }
}

/** As `tls.checkServerIdentity`, for the certificate that the connection has. */
function checkName(socket: tls.TLSSocket, name: string): Error | undefined {
  const certificate = socket.getPeerX509Certificate()
  const fits = isIP(name) ? certificate?.checkIP(name) : certificate?.checkHost(name)
  if (fits !== undefined) return undefined
  const names = certificate?.subjectAltName ?? certificate?.subject ?? 'no name'
  return Object.assign(new Error(`it has ${names}, and not ${name}`), {
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  })
}
