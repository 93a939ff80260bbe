import { connect } from 'node:net'
import { PAYLOAD, type Round } from './exchange.ts'

const LINE_FEED = 10

/**
 * The yardstick: the fastest client that we could write with node:net and nothing else. It knows
 * no time limit and no reply, only whether a line came. Each of its habits was tried the other way
 * too: the line is queued before the connection stands; bytes are read into a buffer that lives
 * on; the socket is destroyed at the reply; the next is dialled when the last is closed.
 */
export function plainExchanges({ host, port, connections, inFlight }: Round): Promise<number> {
  return new Promise((resolve) => {
    let launched = 0
    let ended = 0
    let answered = 0

    function dial(buffer: Buffer): void {
      launched += 1
      const socket = connect({
        host,
        port,
        onread: {
          buffer,
          callback(bytes) {
            if (buffer[bytes - 1] !== LINE_FEED) return true
            answered += 1
            socket.destroy()
            return false
          },
        },
      })
      socket.on('error', ignore)
      socket.on('close', () => {
        ended += 1
        if (launched < connections) dial(buffer)
        else if (ended === connections) resolve(connections - answered)
      })
      socket.write(PAYLOAD)
    }

    for (let i = 0; i < Math.min(inFlight, connections); i += 1) dial(Buffer.allocUnsafe(1024))
  })
}

/** A socket that fails closes too, and is then counted as not answered. */
function ignore(): void {}
