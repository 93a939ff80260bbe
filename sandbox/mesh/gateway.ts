import { createServer, type Server, type Socket } from 'node:net'
import { type GatewayFault, latest } from '../faults/gateway-fault.ts'
import { type Listening, listenAgain, listenAlone, stopListening } from './addresses.ts'
import { type Choose, createChoose } from './choose.ts'
import type { Endpoint, MeshConfig } from './config.ts'
import { proxy } from './proxy.ts'
import { createReplica, type Replica } from './replica.ts'
import { reset } from './reset.ts'
import { type ConfigRollout, createConfigRollout } from './rollout.ts'

/** How many connections came in, how many are open, and how many were sent to each destination. */
export type Connections = { accepted: number; open: number; byDestination: Record<string, number> }

/** The gateway: its replicas behind one address. */
export type Gateway = {
  host: string
  port: number
  connections: Connections
  rollout: ConfigRollout
  /** Opens and closes ports as the configuration and the faults require. */
  listen(): Promise<void>
  stop(): Promise<void>
}

export const TUTORIAL_PORT = 31400
const GATEWAY_NET = 77

/** Starts a gateway without a configuration. Its random choices come from `random`. */
export async function startGateway(options: {
  replicas: number
  drainMs: number
  random: () => number
  faults: () => readonly GatewayFault[]
}): Promise<Gateway> {
  const connections: Connections = { accepted: 0, open: 0, byDestination: {} }
  const sockets = new Set<Socket>()
  const replicas = Array.from({ length: options.replicas }, () => createReplica(options.drainMs))
  const choose = createChoose(options.random, options.faults)
  const rotation = new Map<string, number>()

  const accept = (port: number, socket: Socket) => {
    connections.accepted += 1
    connections.open += 1
    sockets.add(socket)
    socket.on('close', () => {
      connections.open -= 1
      sockets.delete(socket)
    })
    socket.on('error', () => socket.destroy())
    const fault = latest(options.faults(), 'black-hole', 'resets')
    if (fault?.kind === 'resets') return reset(socket)
    if (fault?.kind === 'black-hole') return void swallow(socket)
    const replica =
      replicas.length === 1 ? replicas[0] : replicas[Math.floor(options.random() * replicas.length)]
    if (replica !== undefined) route(replica, port, socket)
  }

  const route = (replica: Replica, port: number, socket: Socket) => {
    const config = configFor(replica, connections.accepted, options.faults())
    const destination = destinationOf(config, port, choose, socket)
    const endpoints = destination && config.clusters.get(destination.cluster)
    if (destination === undefined || endpoints === undefined) return void socket.destroy()
    connections.byDestination[destination.name] =
      (connections.byDestination[destination.name] ?? 0) + 1
    const endpoint = nextOf(destination.cluster, endpoints, rotation)
    if (endpoint === undefined) return void socket.destroy()
    const release = replica.hold(port, () => socket.destroy())
    socket.on('close', release)
    proxy(socket, endpoint)
  }

  const serverFor = (port: number) =>
    createServer({ noDelay: true, pauseOnConnect: true, allowHalfOpen: true }, (socket) =>
      accept(port, socket),
    )
  const main = serverFor(TUTORIAL_PORT)
  const at = await listenAlone(main, GATEWAY_NET, TUTORIAL_PORT)
  const servers = new Map<number, { server: Server; at: Listening }>([
    [TUTORIAL_PORT, { server: main, at }],
  ])

  let stopped = false
  const listen = async () => {
    if (stopped) return
    const refuses = latest(options.faults(), 'refuses') !== undefined
    const wanted = new Set(
      refuses ? [] : replicas.flatMap((replica) => [...replica.config().listeners.keys()]),
    )
    for (const port of wanted) {
      const known = servers.get(port) ?? { server: serverFor(port), at: { host: at.host, port } }
      servers.set(port, known)
      if (!known.server.listening) await listenAgain(known.server, known.at)
    }
    for (const [port, { server }] of servers) if (!wanted.has(port)) await stopListening(server)
  }
  // Changes may come faster than ports open and close, so each waits for the previous one.
  let listened: Promise<void> = Promise.resolve()
  const listenInTurn = () => {
    listened = listened.then(listen)
    return listened
  }
  const rollout = createConfigRollout(replicas, options.faults, () => void listenInTurn())

  return {
    host: at.host,
    port: at.port,
    connections,
    rollout,
    listen: listenInTurn,
    async stop() {
      stopped = true
      rollout.stop()
      for (const replica of replicas) replica.stop()
      await listened
      for (const { server } of servers.values()) await stopListening(server)
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** Reads and never answers. */
function swallow(socket: Socket): void {
  socket.on('end', () => socket.end())
  socket.resume()
}

function configFor(
  replica: Replica,
  connection: number,
  faults: readonly GatewayFault[],
): MeshConfig {
  const fault = latest(faults, 'flapping')
  if (fault === undefined) return replica.config()
  const turn = Math.floor((connection - 1) / fault.connections)
  return turn % 2 === 0 ? replica.former() : replica.config()
}

function destinationOf(config: MeshConfig, port: number, choose: Choose, socket: Socket) {
  const route = config.listeners.get(port)
  return route === undefined ? undefined : choose(route, socket.remoteAddress ?? '')
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
