import { connect, type Socket } from 'node:net'
import type { Endpoint } from './clusters.ts'
import { reset } from './reset.ts'

/**
 * Connects an accepted client to an endpoint and forwards bytes both ways, half-closes included. If the endpoint cannot
 * be reached or fails, the client's connection is closed without a reply, as in Envoy. Where it cannot be reached, `failed`
 * is called.
 */
export function proxy(client: Socket, endpoint: Endpoint, failed: () => void): void {
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
  upstream.on('error', () => {
    if (upstream.connecting || upstream.pending) failed()
    client.destroy()
  })
  // Thousands of connections would use up all ports if each one stayed in TIME_WAIT.
  client.on('close', () => reset(upstream))
}
