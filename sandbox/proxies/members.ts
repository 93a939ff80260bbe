import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { AdminFault } from '../faults/admin-fault.ts'
import { createReplica, type Replica } from '../mesh/replica.ts'
import { ADMIN_PORT, adminServer } from './admin-server.ts'

/** A gateway process in a Pod. */
export type Member = {
  pod: string
  replica: Replica
  /** It gets no new connections from the load balancer. */
  isEnding: boolean
  /** Its connections from clients. */
  sockets: Set<Socket>
}

/** Where a port of a Pod can be reached. */
export type Inside = { host: string; port: number }

/** The gateway processes, one for each Pod. */
export type Members = {
  list(): readonly Member[]
  /** Those that get new connections. */
  serving(): readonly Member[]
  find(pod: string): Member | undefined
  add(): Member
  remove(member: Member): void
  /** Gives the Pod a new process, without a configuration and with counters that begin again. */
  restart(member: Member): void
  /** A place that leads to a port of one Pod; undefined if nothing listens there. */
  inside(member: Member, port: number): Promise<Inside | undefined>
  stop(): void
}

/** A process that did not restart has run for so long, so that it is older than any run. */
const AGE_MS = 3_600_000

export function createMembers(options: {
  count: number
  drainMs: number
  now: () => Date
  /** Whether the admin endpoints can be reached. */
  proxies: boolean | 'statistics'
  adminFaults: () => readonly AdminFault[]
  /** Whether nothing listens at the ports of clients. */
  refuses: () => boolean
  /** Serves a connection from a client to a port. */
  accept: (member: Member, port: number, socket: Socket) => void
  ended: (replica: Replica) => void
}): Members {
  const newReplica = (ageMs: number) => createReplica(options.drainMs, options.now, ageMs)
  let named = 0
  const newMember = (): Member => {
    const pod = `istio-ingressgateway-${named}`
    named += 1
    return { pod, replica: newReplica(AGE_MS), isEnding: false, sockets: new Set() }
  }
  let members = Array.from({ length: options.count }, newMember)
  const servers = new Map<string, Promise<{ server: Server; at: Inside }>>()

  const serverFor = (member: Member, port: number): Server =>
    port === ADMIN_PORT
      ? adminServer(member.pod, () => member.replica, {
          faults: options.adminFaults,
          hasStatistics: options.proxies === 'statistics',
        })
      : createServer({ noDelay: true, pauseOnConnect: true, allowHalfOpen: true }, (socket) =>
          options.accept(member, port, socket),
        )
  const listens = (member: Member, port: number) =>
    port === ADMIN_PORT
      ? options.proxies !== false
      : member.replica.config().listeners.has(port) && !options.refuses()
  const endProcess = (member: Member) => {
    member.replica.stop()
    options.ended(member.replica)
    for (const socket of member.sockets) socket.destroy()
  }
  return {
    list: () => members,
    serving: () => members.filter(({ isEnding }) => !isEnding),
    find: (pod) => members.find((one) => one.pod === pod),
    add() {
      const member = newMember()
      members = [...members, member]
      return member
    },
    remove(member) {
      members = members.filter((one) => one !== member)
      endProcess(member)
      for (const [key, opened] of servers) {
        if (!key.startsWith(`${member.pod} `)) continue
        servers.delete(key)
        void opened.then(({ server }) => closeServer(server))
      }
    },
    restart(member) {
      endProcess(member)
      member.replica = newReplica(0)
    },
    async inside(member, port) {
      if (!members.includes(member) || !listens(member, port)) return undefined
      const key = `${member.pod} ${port}`
      const opened = servers.get(key) ?? openServer(serverFor(member, port))
      servers.set(key, opened)
      return (await opened).at
    },
    stop() {
      for (const { replica } of members) replica.stop()
      for (const opened of servers.values()) void opened.then(({ server }) => closeServer(server))
      servers.clear()
    },
  }
}

/** Makes a server listen at any free port of this machine. */
export async function openServer(server: Server): Promise<{ server: Server; at: Inside }> {
  server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 })
  await once(server, 'listening')
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { server, at: { host: '127.0.0.1', port } }
}

export function closeServer(server: Server): void {
  server.close()
  if ('closeAllConnections' in server && typeof server.closeAllConnections === 'function')
    server.closeAllConnections()
}
