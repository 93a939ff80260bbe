import type { Duplex } from 'node:stream'

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')

/** Calls with whether a connection begins as HTTP/2 does. What was read is still there to be read. */
export function beginsHttp2(connection: Duplex, found: (isHttp2: boolean) => void): void {
  peek(connection, (bytes) => {
    const length = Math.min(bytes.length, PREFACE.length)
    const isAlike = bytes.subarray(0, length).equals(PREFACE.subarray(0, length))
    if (isAlike && length < PREFACE.length) return undefined
    return () => found(isAlike)
  })
}

/**
 * Reads from the beginning of a connection until `decide` returns what to do, leaves what was read to be read again, and
 * does it. Without a decision the connection is closed when the client ends it.
 */
export function peek(
  connection: Duplex,
  decide: (bytes: Buffer) => (() => void) | undefined,
): void {
  let read: Buffer = Buffer.alloc(0)
  const stop = () => {
    connection.off('data', take)
    connection.off('end', end)
    connection.pause()
  }
  const end = () => {
    stop()
    connection.destroy()
  }
  const take = (chunk: Buffer) => {
    read = read.length === 0 ? chunk : Buffer.concat([read, chunk])
    const act = decide(read)
    if (act === undefined) return
    stop()
    connection.unshift(read)
    act()
  }
  connection.on('data', take)
  connection.on('end', end)
  connection.resume()
}
