import type { Duplex } from 'node:stream'
import { ApiError } from '../api-error.ts'
import type { ApiServer } from '../api-server.ts'
import type { Upgraded } from '../request/upgrade.ts'
import { forwardedConnection } from './forwarded-connection.ts'
import { startSession } from './spdy-session.ts'
import { acceptOf, newWebSocketKey, WebSocketPipe, webSocketHeaders } from './websocket-pipe.ts'

/** A Pod of one cluster. */
export type PodName = { namespace: string; name: string }

/** Connections to the ports of a Pod, through the API server. They bypass Services and load balancers. */
export type Tunnel = {
  /**
   * Opens a connection to a port in the Pod's network namespace. It can be written to at once. One that the Pod refuses, or
   * that the tunnel loses, fails with a ForwardError.
   */
  connect(port: number): Duplex
  /** Why it broke; undefined while it works. */
  broken(): string | undefined
  /** Ends all of its connections. */
  close(): void
}

const PROTOCOL = 'portforward.k8s.io'

/**
 * Opens a tunnel. One upgraded connection carries the streams of all connections to the Pod: a WebSocket for each of them,
 * as the library has it, is three to five times slower. SPDY itself is tried first: it needs only the right to create
 * pods/portforward, in every version of Kubernetes. Where a proxy in between, or the lack of that right, keeps it from
 * working, the same streams go through a WebSocket. Throws the ApiError of the first way where neither works.
 */
export async function openTunnel(
  api: Pick<ApiServer, 'upgrade'>,
  { namespace, name }: PodName,
  signal: AbortSignal,
): Promise<Tunnel> {
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/portforward`
  const pipe = await spdyPipe(api, path, signal).catch((error: unknown) => {
    if (!(error instanceof ApiError) || !mayBeOfUpgrade(error)) throw error
    return webSocketPipe(api, path, signal).catch(() => {
      throw error
    })
  })
  const session = startSession(pipe)
  let request = 0
  return {
    connect(port) {
      request += 1
      return forwardedConnection(session, port, request)
    },
    broken: session.ended,
    close: session.close,
  }
}

/** Whether another kind of upgrade may succeed. A Pod that does not exist, or credentials that are refused, stay so. */
function mayBeOfUpgrade({ status, reason }: ApiError): boolean {
  if (status === undefined) return false
  return status === 403 || (status !== 401 && reason !== 'NotFound')
}

async function spdyPipe(
  api: Pick<ApiServer, 'upgrade'>,
  path: string,
  signal: AbortSignal,
): Promise<Duplex> {
  const headers = { Upgrade: 'SPDY/3.1', 'X-Stream-Protocol-Version': PROTOCOL }
  return pipeOf(await api.upgrade({ method: 'POST', path, headers }, signal))
}

async function webSocketPipe(
  api: Pick<ApiServer, 'upgrade'>,
  path: string,
  signal: AbortSignal,
): Promise<Duplex> {
  const key = newWebSocketKey()
  const headers = webSocketHeaders(`SPDY/3.1+${PROTOCOL}`, key)
  const answer = await api.upgrade({ method: 'GET', path, headers }, signal)
  const pipe = pipeOf(answer)
  if (answer.headers['sec-websocket-accept'] === acceptOf(key)) return new WebSocketPipe(pipe)
  pipe.destroy()
  throw new ApiError(`GET ${path}`, 'The answer is not that of a WebSocket server.')
}

function pipeOf({ pipe }: Upgraded): Duplex {
  if (pipe === undefined) throw new Error('an upgrade without a connection')
  return pipe
}
