import type { Server } from 'node:net'
import type { Serve } from '../mesh/accept.ts'
import { type Listening, listenAgain, listenAlone, stopListening } from '../mesh/addresses.ts'

/** One version of an application, which listens on its own loopback address. */
export type VersionServer = {
  address: string
  port: number
  /** Serves a connection that the gateway accepted. Without it the gateway connects to the address. */
  serve?: Serve
  /** Refuses new connections, and resets the open ones. */
  die(): Promise<void>
  revive(): Promise<void>
  stop(): Promise<void>
}

type Place = {
  /** The part of the loopback network and the port for one that listens at an address of its own. */
  net: number
  port: number
  /** Where it listens instead. */
  at: Listening | undefined
}

/**
 * Lets a server listen as a version of an application.
 *
 * @param open its open connections: `cut` ends them, `stop` ends what is to come on them too
 */
export async function listenAsVersion(
  server: Server,
  place: Place,
  open: { cut(): void; stop(): void },
): Promise<VersionServer> {
  const at = place.at ?? (await listenAlone(server, place.net, place.port))
  if (!server.listening) await listenAgain(server, at)
  let stopped = false
  return {
    address: at.host,
    port: at.port,
    async die() {
      await stopListening(server)
      open.cut()
    },
    async revive() {
      if (!stopped) await listenAgain(server, at)
    },
    async stop() {
      stopped = true
      open.stop()
      open.cut()
      await stopListening(server)
    },
  }
}
