import { connect, type Socket } from 'node:net'
import type { Endpoint } from './config.ts'
import { reset } from './reset.ts'

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
  // Thousands of connections would use up all ports if each one stayed in TIME_WAIT.
  client.on('close', () => reset(upstream))
}
