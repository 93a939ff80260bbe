import { createServer, type Server, type Socket } from 'node:net'
import type { AdminFault } from '../faults/admin-fault.ts'
import { type GatewayFault, latest } from '../faults/gateway-fault.ts'
import { createMembers, type Member, type Members } from '../proxies/members.ts'
import { type Connections, createAcceptor, type ServerAt } from './accept.ts'
import {
  type Listening,
  listenAgain,
  listenAlone,
  listenBeside,
  stopListening,
} from './addresses.ts'
import { createChoose } from './choose.ts'
import type { MeshConfig } from './config.ts'
import { reset } from './reset.ts'
import { type ConfigRollout, createConfigRollout } from './rollout.ts'

/** The gateway: its replicas behind one address. */
export type Gateway = {
  host: string
  port: number
  /** Where it listens for a port of its Pods. */
  portOf(port: number): number
  connections: Connections
  rollout: ConfigRollout
  /** Its processes. */
  members: Members
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
  /** Ports of its Pods in addition to the tutorial's, for which it must have places before there is a configuration. */
  morePorts: readonly number[]
  random: () => number
  faults: () => readonly GatewayFault[]
  now: () => Date
  /** Whether the admin endpoints of its Pods can be reached. */
  proxies: boolean | 'statistics'
  adminFaults: () => readonly AdminFault[]
  serverAt: ServerAt
}): Promise<Gateway> {
  const connections: Connections = { accepted: 0, open: 0, requests: 0, byDestination: {} }
  const sockets = new Set<Socket>()
  const choose = createChoose(options.random, options.faults)
  const acceptor = createAcceptor({ ...options, connections, choose })

  const accept = (port: number, socket: Socket) => {
    const serving = members.serving()
    const member =
      serving.length === 1 ? serving[0] : serving[Math.floor(options.random() * serving.length)]
    if (member === undefined) return reset(socket)
    acceptBy(member, port, socket)
  }
  const acceptBy = (member: Member, port: number, socket: Socket) => {
    connections.accepted += 1
    connections.open += 1
    sockets.add(socket)
    member.sockets.add(socket)
    socket.on('close', () => {
      connections.open -= 1
      sockets.delete(socket)
      member.sockets.delete(socket)
    })
    socket.on('error', () => socket.destroy())
    const fault = latest(options.faults(), 'black-hole', 'resets')
    if (fault?.kind === 'resets') return reset(socket)
    if (fault?.kind === 'black-hole') return void swallow(socket)
    acceptor.accept(member.replica, port, socket)
  }
  const members = createMembers({
    ...options,
    count: options.replicas,
    refuses: () => latest(options.faults(), 'refuses') !== undefined,
    accept: acceptBy,
    ended: acceptor.forget,
  })
  const replicas = () => members.list().map(({ replica }) => replica)

  const serverFor = (port: number) =>
    createServer({ noDelay: true, pauseOnConnect: true, allowHalfOpen: true }, (socket) =>
      accept(port, socket),
    )
  const main = serverFor(TUTORIAL_PORT)
  const at = await listenAlone(main, GATEWAY_NET, TUTORIAL_PORT)
  const servers = new Map<number, { server: Server; at: Listening }>([
    [TUTORIAL_PORT, { server: main, at }],
  ])

  for (const port of options.morePorts) {
    const server = serverFor(port)
    servers.set(port, { server, at: await listenBeside(server, at.host, port) })
  }

  let stopped = false
  const listen = async () => {
    if (stopped) return
    const refuses = latest(options.faults(), 'refuses') !== undefined
    const wanted = new Set(
      refuses ? [] : replicas().flatMap((replica) => portsIn(replica.config())),
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
    portOf: (port) => servers.get(port)?.at.port ?? port,
    connections,
    rollout,
    members,
    listen: listenInTurn,
    async stop() {
      stopped = true
      rollout.stop()
      members.stop()
      await listened
      for (const { server } of servers.values()) await stopListening(server)
      acceptor.stop()
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** A gateway listens at all of its addresses. */
function portsIn({ listeners }: MeshConfig): number[] {
  return [...listeners.keys()].filter((place) => typeof place === 'number')
}

/** Reads and never answers. */
function swallow(socket: Socket): void {
  socket.on('end', () => socket.end())
  socket.resume()
}
