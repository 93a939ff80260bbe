import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { type GatewayFault, latest } from '../faults/gateway-fault.ts'
import { countDraw } from '../proxies/host-stats.ts'
import type { Choose } from './choose.ts'
import type { Endpoint, RouteDestination } from './clusters.ts'
import type { ListenerPlace, MeshConfig } from './config.ts'
import { createDownstream } from './http/downstream.ts'
import { beginsHttp2, peek } from './http/preface.ts'
import { serveRequest } from './http/serve.ts'
import type { Serving } from './http/serving.ts'
import { createUpstream, type Upstream } from './http/upstream.ts'
import { proxy } from './proxy.ts'
import type { Chain, Replica } from './replica.ts'
import { chainFor, type TlsChain } from './tls/chains.ts'
import { readHello } from './tls/client-hello.ts'
import { createTerminator } from './tls/terminator.ts'

/** How many connections came in, how many are open, and how many were sent to each destination; likewise of requests. */
export type Connections = {
  accepted: number
  open: number
  requests: number
  byDestination: Record<string, number>
}

/** Sends connections and requests to destinations. */
export type Acceptor = {
  /** A connection that a replica accepted by a listener. */
  accept(replica: Replica, place: ListenerPlace, socket: Socket): void
  /** Closes the connections of a replica that ends to its destinations. */
  forget(replica: Replica): void
  stop(): void
}

/**
 * Serves a connection of the gateway within this process, at half the cost of a second connection. What would reset that
 * one calls `drop`. Returns whether the server accepts connections.
 */
export type Serve = (client: Socket, drop: () => void) => boolean

/** The server of this process at an endpoint, if it can serve so. */
export type ServerAt = (endpoint: Endpoint) => Serve | undefined

/** The configuration of a connection, and what applies the filter of a chain to it, or to what is inside its TLS. */
type Way = { config: MeshConfig; pass: (chain: Chain, inside: Socket) => void }

export function createAcceptor(options: {
  connections: Connections
  choose: Choose
  random: () => number
  faults: () => readonly GatewayFault[]
  serverAt: ServerAt
}): Acceptor {
  const { connections, choose, faults } = options
  const rotation = new Map<string, number>()
  const downstream = createDownstream()
  const upstreams = new Map<Replica, Upstream>()
  const upstreamOf = (replica: Replica) => {
    const known = upstreams.get(replica) ?? createUpstream()
    upstreams.set(replica, known)
    return known
  }
  const terminator = createTerminator()
  const count = (destination: string) => {
    connections.byDestination[destination] = (connections.byDestination[destination] ?? 0) + 1
  }
  const next = (cluster: string, endpoints: readonly Endpoint[]) =>
    nextOf(cluster, endpoints, rotation)

  const forward = (
    replica: Replica,
    socket: Socket,
    config: MeshConfig,
    route: readonly RouteDestination[],
  ): boolean => {
    const destination = choose(route, socket.remoteAddress ?? '')
    if (destination === undefined) return false
    count(destination.name)
    const endpoints = config.clusters.get(destination.cluster)?.endpoints ?? []
    const endpoint = next(destination.cluster, endpoints)
    if (endpoint === undefined) return false
    const { counters } = replica
    const counted = countDraw(
      counters.of(destination.cluster, endpoint),
      counters.ofCluster(destination.cluster),
    )
    socket.on('close', counted.closed)
    const serve = options.serverAt(endpoint)
    if (serve === undefined) {
      proxy(socket, endpoint, counted.failed)
      return true
    }
    if (!serve(socket, () => socket.destroy())) {
      counted.failed()
      return false
    }
    socket.resume()
    return true
  }
  const servingOf = (replica: Replica, routes: string, socket: Socket): Serving => ({
    config: () => configFor(replica, connections.requests, faults()),
    turn: () => connections.requests,
    routes,
    clientAddress: socket.remoteAddress ?? '',
    choose,
    random: options.random,
    faults,
    upstream: upstreamOf(replica),
    counters: replica.counters,
    next,
    count,
  })
  const serveHttp = (replica: Replica, routes: string, socket: Socket) => {
    const serving = servingOf(replica, routes, socket)
    const scheme = socket instanceof TLSSocket ? 'https' : 'http'
    beginsHttp2(socket, (isHttp2) =>
      downstream.serve(socket, isHttp2 ? '2' : '1.1', scheme, (exchange) => {
        connections.requests += 1
        serveRequest(exchange, serving)
      }),
    )
  }
  const acceptTls = (chains: readonly TlsChain[], socket: Socket, { config, pass }: Way) =>
    peek(socket, (bytes) => {
      const hello = readHello(bytes)
      if (hello.kind === 'incomplete') return undefined
      const chain = chainFor(chains, hello.kind === 'hello' ? hello.serverName : undefined)
      if (chain === undefined) return () => void socket.destroy()
      const { termination } = chain
      if (termination === undefined) return () => pass(chain, socket)
      const credential = config.credentials.get(termination.credential)
      if (credential === undefined) return () => void socket.destroy()
      const by = { termination, credential }
      return () => terminator.open(socket, by, (inside) => pass(chain, inside))
    })

  return {
    accept(replica, place, socket) {
      const config = configFor(replica, connections.accepted, faults())
      const listener = config.listeners.get(place)
      if (listener === undefined) return void socket.destroy()
      const pass = (chain: Chain, inside: Socket) => {
        const release = replica.hold(place, chain, () => socket.destroy())
        socket.on('close', release)
        const { filter } = chain
        if (filter.kind === 'http') serveHttp(replica, filter.routes, inside)
        else if (!forward(replica, inside, config, filter.route)) socket.destroy()
      }
      if (listener.kind === 'plain') pass(listener, socket)
      else acceptTls(listener.chains, socket, { config, pass })
    },
    forget(replica) {
      upstreams.get(replica)?.stop()
      upstreams.delete(replica)
    },
    stop() {
      downstream.stop()
      for (const upstream of upstreams.values()) upstream.stop()
    },
  }
}

function configFor(replica: Replica, turnOf: number, faults: readonly GatewayFault[]): MeshConfig {
  const fault = latest(faults, 'flapping')
  if (fault === undefined) return replica.config()
  const turn = Math.floor((turnOf - 1) / fault.connections)
  return turn % 2 === 0 ? replica.former() : replica.config()
}

/** The endpoints of a cluster in turn. */
function nextOf(
  cluster: string,
  endpoints: readonly Endpoint[],
  rotation: Map<string, number>,
): Endpoint | undefined {
  const turn = rotation.get(cluster) ?? 0
  rotation.set(cluster, turn + 1)
  return endpoints[turn % Math.max(1, endpoints.length)]
}
