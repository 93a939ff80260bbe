import { connect } from 'node:net'
import { PAYLOAD, type Round } from '../../kit/bench/wire/exchange.ts'

const LINE_FEED = 10

/**
 * The yardstick: the fastest client that we could write with node:net and nothing else. It has no time
 * limit and no reply, only whether a line came. Each of its habits was tried the other way too: a socket
 * connects again when it is closed; it reads into a buffer that lives on; it writes once connected; it
 * is destroyed at the reply, and connects again when it has closed, not before.
 */
export function plainExchanges({ host, port, connections, inFlight }: Round): Promise<number> {
  return new Promise((resolve) => {
    const to = { host, port }
    let launched = 0
    let ended = 0
    let answered = 0

    function startLane(): void {
      const buffer = Buffer.allocUnsafe(1024)
      const socket = connect({ ...to, onread: { buffer, callback: onRead } })
      socket.on('connect', () => socket.write(PAYLOAD))
      socket.on('error', ignore)
      socket.on('close', onClose)

      function onRead(bytes: number): boolean {
        if (buffer[bytes - 1] !== LINE_FEED) return true
        answered += 1
        socket.destroy()
        return false
      }

      function onClose(): void {
        ended += 1
        if (launched < connections) {
          launched += 1
          socket.connect(to)
        } else if (ended === connections) resolve(connections - answered)
      }
    }

    launched = Math.min(inFlight, connections)
    for (let lane = 0; lane < launched; lane += 1) startLane()
  })
}

/** A socket that fails closes too, and is then counted as not answered. */
function ignore(): void {}
