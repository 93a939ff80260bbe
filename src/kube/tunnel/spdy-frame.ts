import { type FrameHead, startCuttingFrames } from './cut-frames.ts'

/**
 * The part of SPDY/3.1 that a client of `portforward` needs. Kubernetes multiplexes the connections of one forward as
 * streams of SPDY, directly or within a WebSocket. Source: SPDY Protocol - Draft 3.1, sections 2.2 and 2.6; the peer is
 * always github.com/moby/spdystream, which sends and heeds no WINDOW_UPDATE.
 */

/** What a peer sent. */
export type Frame =
  | { kind: 'data'; stream: number; bytes: Buffer; isLast: boolean }
  /** The peer accepts a stream. `isLast`: it will send nothing on it. */
  | { kind: 'reply'; stream: number; isLast: boolean }
  | { kind: 'reset'; stream: number; status: number }
  | { kind: 'ping'; id: number }
  /** The peer accepts no further stream, and ends. */
  | { kind: 'go-away' }
  /** Anything else, which needs no answer. */
  | { kind: 'other'; type: number }

const VERSION = 3
const SYN_STREAM = 1
const SYN_REPLY = 2
const RST_STREAM = 3
const PING = 6
const GO_AWAY = 7
const FLAG_FIN = 1
const CANCEL = 5
const HEAD_BYTES = 8
/** A frame of a peer that is not SPDY says nonsense of its length. spdystream sends at most 64 KiB at once. */
const MOST_FRAME_BYTES = 1024 * 1024

/** The longest payload of a data frame that is sent, so that no stream holds up the others for long. */
export const MOST_DATA_BYTES = 32 * 1024

/** A frame that opens a stream. `isLast`: this side sends nothing on it. */
export function openFrame(
  stream: number,
  {
    headers,
    isLast,
    isFirst,
  }: { headers: Readonly<Record<string, string>>; isLast: boolean; isFirst: boolean },
): Buffer {
  const block = headerBlock(headers, isFirst)
  const frame = Buffer.alloc(HEAD_BYTES + 10 + block.length)
  writeHead(frame, { type: SYN_STREAM, flags: isLast ? FLAG_FIN : 0, length: 10 + block.length })
  frame.writeUInt32BE(stream, 8)
  block.copy(frame, 18)
  return frame
}

/** A frame with data. `isLast`: this side sends nothing after it. */
export function dataFrame(stream: number, bytes: Uint8Array, isLast: boolean): Buffer {
  const frame = Buffer.allocUnsafe(HEAD_BYTES + bytes.length)
  frame.writeUInt32BE(stream, 0)
  frame.writeUInt32BE(bytes.length, 4)
  frame[4] = isLast ? FLAG_FIN : 0
  frame.set(bytes, HEAD_BYTES)
  return frame
}

/** A frame that ends a stream in both directions. */
export function cancelFrame(stream: number): Buffer {
  const frame = Buffer.alloc(HEAD_BYTES + 8)
  writeHead(frame, { type: RST_STREAM, flags: 0, length: 8 })
  frame.writeUInt32BE(stream, 8)
  frame.writeUInt32BE(CANCEL, 12)
  return frame
}

/** The answer to a ping, which is the ping itself. */
export function pingFrame(id: number): Buffer {
  const frame = Buffer.alloc(HEAD_BYTES + 4)
  writeHead(frame, { type: PING, flags: 0, length: 4 })
  frame.writeUInt32BE(id, 8)
  return frame
}

/** Reads what arrives. Throws an Error where that is not SPDY. */
export function startReadingFrames(take: (frame: Frame) => void): (chunk: Buffer) => void {
  return startCuttingFrames(headOf, MOST_FRAME_BYTES, (head, payload) => {
    take(frameOf(head, payload))
  })
}

type Head = FrameHead & { first: number; flags: number }

function headOf(bytes: Buffer): Head | undefined {
  if (bytes.length < HEAD_BYTES) return undefined
  const last = bytes.readUInt32BE(4)
  return {
    bytes: HEAD_BYTES,
    length: last & 0xffffff,
    first: bytes.readUInt32BE(0),
    flags: last >>> 24,
  }
}

function frameOf({ first, flags }: Head, payload: Buffer): Frame {
  const isLast = (flags & FLAG_FIN) !== 0
  if (first < 0x80000000) return { kind: 'data', stream: first, bytes: payload, isLast }
  const version = (first >>> 16) & 0x7fff
  if (version !== VERSION) throw new Error(`version ${version} of SPDY`)
  const type = first & 0xffff
  const number = (at: number) => (payload.length >= at + 4 ? payload.readUInt32BE(at) : 0)
  if (type === SYN_REPLY) return { kind: 'reply', stream: number(0), isLast }
  if (type === RST_STREAM) return { kind: 'reset', stream: number(0), status: number(4) }
  if (type === PING) return { kind: 'ping', id: number(0) }
  return type === GO_AWAY ? { kind: 'go-away' } : { kind: 'other', type }
}

function writeHead(
  frame: Buffer,
  { type, flags, length }: { type: number; flags: number; length: number },
): void {
  frame.writeUInt32BE((0x80000000 | (VERSION << 16) | type) >>> 0, 0)
  frame.writeUInt32BE(length, 4)
  frame[4] = flags
}

/**
 * Headers as the zlib stream that SPDY demands, in stored blocks: they are few bytes, and a stored block needs no state
 * and no dictionary. The stream begins with the first block of a connection and never ends. Source: RFC 1950, 2.2 (without
 * FDICT); RFC 1951, 3.2.4.
 */
function headerBlock(headers: Readonly<Record<string, string>>, isFirst: boolean): Buffer {
  const pairs = Object.entries(headers)
  const parts = [uint32(pairs.length)]
  for (const text of pairs.flat()) parts.push(uint32(Buffer.byteLength(text)), Buffer.from(text))
  const plain = Buffer.concat(parts)
  const head = Buffer.alloc(5)
  head.writeUInt16LE(plain.length, 1)
  head.writeUInt16LE(plain.length ^ 0xffff, 3)
  return Buffer.concat([isFirst ? ZLIB_HEAD : EMPTY, head, plain, SYNC])
}

const ZLIB_HEAD = Buffer.from([0x78, 0x01])
/** An empty stored block, at which a decompressor hands over what it has. */
const SYNC = Buffer.from([0, 0, 0, 0xff, 0xff])
const EMPTY = Buffer.alloc(0)

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value, 0)
  return bytes
}
