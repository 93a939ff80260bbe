import { createServer, type Server, type Socket } from 'node:net'
import type { AdminFault } from '../faults/admin-fault.ts'
import type { GatewayFault } from '../faults/gateway-fault.ts'
import { type Connections, createAcceptor, type ServerAt } from '../mesh/accept.ts'
import { createChoose } from '../mesh/choose.ts'
import type { ListenerPlace } from '../mesh/config.ts'
import { createReplica } from '../mesh/replica.ts'
import { type ConfigRollout, createConfigRollout } from '../mesh/rollout.ts'
import { ADMIN_PORT, adminServer } from './admin-server.ts'
import { closeServer, type Inside, openServer } from './members.ts'

/** What all sidecars share. */
export type SidecarWorld = {
  drainMs: number
  random: () => number
  now: () => Date
  /** Whether the admin endpoints can be reached. */
  proxies: boolean | 'statistics'
  adminFaults: () => readonly AdminFault[]
  serverAt: ServerAt
}

/** The proxy beside a client. */
export type SidecarProcess = {
  rollout: ConfigRollout
  connections: Connections
  /** Where the first of these listeners that it has can be reached; undefined if it has none of them. */
  listener(places: readonly ListenerPlace[]): Promise<Inside | undefined>
  /** Where its admin endpoint can be reached; undefined for every other port. */
  inside(port: number): Promise<Inside | undefined>
  stop(): void
}

/** Starts a sidecar without a configuration. */
export function startSidecarProcess(
  pod: string,
  world: SidecarWorld,
  faults: () => readonly GatewayFault[],
): SidecarProcess {
  const replica = createReplica(world.drainMs, world.now)
  const connections: Connections = { accepted: 0, open: 0, requests: 0, byDestination: {} }
  const choose = createChoose(world.random, faults)
  const acceptor = createAcceptor({ ...world, connections, choose, faults })
  const rollout = createConfigRollout(
    () => [replica],
    faults,
    () => undefined,
  )
  const sockets = new Set<Socket>()
  const servers = new Map<string, ReturnType<typeof openServer>>()

  const accept = (place: ListenerPlace, socket: Socket) => {
    connections.accepted += 1
    connections.open += 1
    sockets.add(socket)
    socket.on('close', () => {
      connections.open -= 1
      sockets.delete(socket)
    })
    socket.on('error', () => socket.destroy())
    acceptor.accept(replica, place, socket)
  }
  const at = async (key: string, create: () => Server): Promise<Inside> => {
    const opened = servers.get(key) ?? openServer(create())
    servers.set(key, opened)
    return (await opened).at
  }
  return {
    rollout,
    connections,
    async listener(places) {
      const place = places.find((one) => replica.config().listeners.has(one))
      if (place === undefined) return undefined
      const options = { noDelay: true, pauseOnConnect: true, allowHalfOpen: true }
      return at(`${place}`, () => createServer(options, (socket) => accept(place, socket)))
    },
    async inside(port) {
      if (port !== ADMIN_PORT || world.proxies === false) return undefined
      const admin = { faults: world.adminFaults, hasStatistics: world.proxies === 'statistics' }
      return at('admin', () => adminServer(pod, () => replica, admin))
    },
    stop() {
      rollout.stop()
      replica.stop()
      for (const opened of servers.values()) void opened.then(({ server }) => closeServer(server))
      servers.clear()
      acceptor.stop()
      for (const socket of sockets) socket.destroy()
    },
  }
}
