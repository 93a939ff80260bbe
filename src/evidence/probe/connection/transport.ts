import { connect, type Socket } from 'node:net'
import type { ConnectionOutcome } from '../connection-outcome.ts'
import { failureOf } from './failure-of.ts'

export type Address = { host: string; port: number }

/** Connections take the addresses of the endpoint's host in turn. */
export function addressesInTurn(addresses: readonly string[], port: number): () => Address {
  let turn = 0
  return () => {
    const host = addresses[turn % addresses.length] ?? ''
    turn += 1
    return { host, port }
  }
}

/** Where a socket puts what it reads. The callback returns whether it goes on reading. */
export type OnRead = { buffer: Buffer; callback: (bytes: number) => boolean }

/** What connections are made of: TCP, or TLS on it. */
export type Transport = {
  /** `resettable`: it must be possible to reset the connection. */
  open(to: Address, onread: OnRead, resettable: boolean): Opened
  /** The event of a socket after which it can be written to. */
  established: 'connect' | 'secureConnect'
  /** Whether a socket may connect again when it has closed, as `socket.connect` in Node's documentation. */
  connectsAgain: boolean
  failure(error: NodeJS.ErrnoException): ConnectionOutcome
}

export type Opened = { socket: Socket; reset?: () => void }

export const TCP: Transport = {
  open(to, onread) {
    const socket = connect({ ...to, noDelay: true, onread })
    // A half-close that is under way cannot be reset: Node would drop the socket and keep its handle open.
    return {
      socket,
      reset: () => (socket.writableEnded ? void socket.destroy() : void socket.resetAndDestroy()),
    }
  },
  established: 'connect',
  connectsAgain: true,
  failure: failureOf,
}
