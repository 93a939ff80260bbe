import { createHash, randomBytes } from 'node:crypto'
import { Duplex } from 'node:stream'
import { type FrameHead, startCuttingFrames } from './cut-frames.ts'

/** What a client sends to speak WebSocket. Source: RFC 6455, 4.1. */
export function webSocketHeaders(protocol: string, key: string): Record<string, string> {
  return {
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': key,
    'Sec-WebSocket-Protocol': protocol,
  }
}

export function newWebSocketKey(): string {
  return randomBytes(16).toString('base64')
}

/** What a server answers to the key of a client, which shows that it speaks WebSocket. Source: RFC 6455, 4.2.2. */
export function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
}

const BINARY = 2
const CLOSE = 8
const PING = 9
const PONG = 10
const FINAL = 0x80
const MASKED = 0x80
const MASK_BYTES = 4
const MOST_PAYLOAD_BYTES = 16 * 1024 * 1024

/**
 * The bytes in the binary messages of a WebSocket, as one stream in each direction. Messages mean nothing here, so every
 * piece of one is handed over as it comes. Source: RFC 6455, 5.2 and 5.5.
 */
export class WebSocketPipe extends Duplex {
  readonly #pipe: Duplex

  constructor(pipe: Duplex) {
    super({ allowHalfOpen: false })
    this.#pipe = pipe
    const read = startCuttingFrames(headOf, MOST_PAYLOAD_BYTES, ({ opcode }, payload) =>
      this.#takeFrame(opcode, payload),
    )
    pipe.on('data', (chunk: Buffer) => {
      try {
        read(chunk)
      } catch (error) {
        this.destroy(new Error(`${error instanceof Error ? error.message : error} of a WebSocket`))
      }
    })
    pipe.on('end', () => this.push(null))
    pipe.on('close', () => this.destroy())
    pipe.on('error', (error) => this.destroy(error))
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.#pipe.write(frameOf(BINARY, chunk))) done()
    else this.#pipe.once('drain', () => done())
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#pipe.destroy()
    done(error)
  }

  #takeFrame(opcode: number, payload: Buffer): void {
    if (opcode === PING) this.#pipe.write(frameOf(PONG, payload))
    else if (opcode === CLOSE) this.push(null)
    else if (opcode <= BINARY && payload.length > 0) this.push(payload)
  }
}

type Head = FrameHead & { opcode: number }

/** Servers do not mask. undefined: the head has not arrived as a whole. */
function headOf(bytes: Buffer): Head | undefined {
  if (bytes.length < 2) return undefined
  const opcode = (bytes[0] ?? 0) & 0x0f
  const short = (bytes[1] ?? 0) & 0x7f
  if (short < 126) return { opcode, bytes: 2, length: short }
  if (short === 126)
    return bytes.length < 4 ? undefined : { opcode, bytes: 4, length: bytes.readUInt16BE(2) }
  return bytes.length < 10
    ? undefined
    : { opcode, bytes: 10, length: Number(bytes.readBigUInt64BE(2)) }
}

/** A frame of a client, which masks its payload. */
function frameOf(opcode: number, payload: Buffer): Buffer {
  const { length } = payload
  const extended = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const frame = Buffer.allocUnsafe(2 + extended + MASK_BYTES + length)
  frame[0] = FINAL | opcode
  frame[1] = MASKED | (extended === 0 ? length : extended === 2 ? 126 : 127)
  if (extended === 2) frame.writeUInt16BE(length, 2)
  if (extended === 8) frame.writeBigUInt64BE(BigInt(length), 2)
  const mask = randomBytes(MASK_BYTES)
  const begin = 2 + extended + MASK_BYTES
  mask.copy(frame, begin - MASK_BYTES)
  for (let i = 0; i < length; i++) frame[begin + i] = (payload[i] ?? 0) ^ (mask[i % 4] ?? 0)
  return frame
}
