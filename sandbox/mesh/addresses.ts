import { once } from 'node:events'
import type { Server } from 'node:net'

/** Where a server listens. */
export type Listening = { host: string; port: number }

const ATTEMPTS = 50

/**
 * Makes a server listen at a port of an unused loopback address: 127.NET.x.y, at random until one is free. If the system
 * has only 127.0.0.1 (macOS), it listens there at a free port.
 */
export async function listenAlone(server: Server, net: number, port: number): Promise<Listening> {
  for (let tried = 0; tried < ATTEMPTS; tried += 1) {
    const sample = () => 1 + Math.floor(Math.random() * 254)
    const host = `127.${net}.${sample()}.${sample()}`
    const failure = await tryListen(server, host, port)
    if (failure === undefined) return { host, port }
    if (failure === 'EADDRNOTAVAIL') break
    if (failure !== 'EADDRINUSE') throw new Error(`cannot listen on ${host}:${port}: ${failure}`)
  }
  const failure = await tryListen(server, '127.0.0.1', 0)
  if (failure !== undefined) throw new Error(`cannot listen on 127.0.0.1: ${failure}`)
  return { host: '127.0.0.1', port: portOf(server) }
}

/** Makes a server listen at a port of an address that has other servers already, or at a free port of it. */
export async function listenBeside(server: Server, host: string, port: number): Promise<Listening> {
  const failure = await tryListen(server, host, port)
  if (failure === undefined) return { host, port }
  await listenAgain(server, { host, port: 0 })
  return { host, port: portOf(server) }
}

/** Makes a server listen at an address that is its own. */
export async function listenAgain(server: Server, at: Listening): Promise<void> {
  const failure = await tryListen(server, at.host, at.port)
  if (failure !== undefined) throw new Error(`cannot listen on ${at.host}:${at.port}: ${failure}`)
}

/** Stops listening, and resolves when the port refuses connections. Open connections stay open. */
export function stopListening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    if (!server.listening) return resolve()
    // The handle is closed in the next turn of the event loop. The event `close` would wait for the last connection.
    server.close()
    setImmediate(resolve)
  })
}

/** Resolves to the code of the error; undefined if the server listens. */
async function tryListen(server: Server, host: string, port: number): Promise<string | undefined> {
  try {
    server.listen({ host, port, backlog: 4096 })
    await once(server, 'listening')
    return undefined
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
