import { createHash } from 'node:crypto'
import { Duplex } from 'node:stream'

/** The answer to the key of a client (RFC 6455, 4.2.2). */
export function acceptFor(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}

/** The server's half of a WebSocket, as the stream of the bytes in its binary messages. */
export class WebSocketServerPipe extends Duplex {
  readonly #pipe: Duplex
  #rest: Buffer = Buffer.alloc(0)

  constructor(pipe: Duplex) {
    super()
    this.#pipe = pipe
    pipe.on('data', (chunk: Buffer) => this.#take(chunk))
    pipe.on('end', () => this.push(null))
    pipe.on('error', () => this.destroy())
    pipe.on('close', () => this.destroy())
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const { length } = chunk
    const head =
      length < 126 ? Buffer.from([0x82, length]) : Buffer.from([0x82, 127, ...eight(length)])
    this.#pipe.write(Buffer.concat([head, chunk]))
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#pipe.destroy()
    done(error)
  }

  #take(chunk: Buffer): void {
    let bytes = Buffer.concat([this.#rest, chunk])
    for (let frame = frameIn(bytes); frame !== undefined; frame = frameIn(bytes)) {
      if (frame.opcode === CLOSE) this.push(null)
      else if (frame.opcode <= BINARY && frame.payload.length > 0) this.push(frame.payload)
      bytes = bytes.subarray(frame.bytes)
    }
    this.#rest = bytes
  }
}

const BINARY = 2
const CLOSE = 8

/** The first frame of a client, without its mask (RFC 6455, 5.2); undefined: it has not arrived as a whole. */
function frameIn(bytes: Buffer): { opcode: number; payload: Buffer; bytes: number } | undefined {
  const short = (bytes[1] ?? 0) & 0x7f
  const more = short === 126 ? 2 : short === 127 ? 8 : 0
  const head = 2 + more + 4
  if (bytes.length < head) return undefined
  const long = () => (more === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2)))
  const length = more === 0 ? short : long()
  if (bytes.length < head + length) return undefined
  const mask = bytes.subarray(2 + more, head)
  const payload = bytes.subarray(head, head + length).map((byte, at) => byte ^ (mask[at % 4] ?? 0))
  return { opcode: (bytes[0] ?? 0) & 0x0f, payload: Buffer.from(payload), bytes: head + length }
}

function eight(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}
