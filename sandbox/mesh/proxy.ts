import { connect, type Socket } from 'node:net'
import type { Endpoint } from './config.ts'

/**
 * Connects a client that was already accepted to an endpoint and passes bytes both ways, half-closes included. Where the
 * endpoint cannot be reached or breaks off, the client's connection is closed without a word, as Envoy does.
 */
export function proxy(client: Socket, endpoint: Endpoint): void {
  const upstream = connect({
    host: endpoint.address,
    port: endpoint.port,
    noDelay: true,
    allowHalfOpen: true,
  })
  upstream.on('connect', () => {
    client.pipe(upstream)
    upstream.pipe(client)
  })
  upstream.on('error', () => client.destroy())
  client.on('close', () => {
    // A reset leaves no port in TIME_WAIT behind, of which thousands of connections would use up all there are.
    if (!upstream.destroyed) upstream.resetAndDestroy()
  })
}
