import type { Duplex } from 'node:stream'

/** A stream that a client has opened. */
export type ServerStream = {
  id: number
  headers: Readonly<Record<string, string>>
  /** Called with what the client sends, and at the end of it. */
  onData: (bytes: Buffer) => void
  onEnd: () => void
  onReset: () => void
  write(bytes: Uint8Array): void
  /** This side sends nothing more. */
  end(): void
  reset(): void
}

const HEAD_BYTES = 8
const FIN = 1
const TYPES = { open: 1, reply: 2, reset: 3, ping: 6, goAway: 7 }

/**
 * The server's half of SPDY/3.1, as far as a port-forward takes it (draft 3.1, 2.2, 2.6). Of header blocks only stored ones
 * are read, which is all that the client of this project sends.
 */
export function serveSpdy(pipe: Duplex, onStream: (stream: ServerStream) => void): void {
  const streams = new Map<number, ServerStream>()
  let rest: Buffer = Buffer.alloc(0)
  let isFirst = true

  const send = (frame: Buffer) => {
    if (!pipe.destroyed) pipe.write(frame)
  }
  const open = (id: number, flags: number, block: Buffer) => {
    const stream = streamOf(id, headersOf(plain(block, isFirst)), send)
    isFirst = false
    streams.set(id, stream)
    onStream(stream)
    send(control(TYPES.reply, 0, [id], EMPTY_BLOCK))
    if ((flags & FIN) !== 0) stream.onEnd()
  }
  const takeData = (id: number, flags: number, payload: Buffer) => {
    const stream = streams.get(id)
    if (payload.length > 0) stream?.onData(payload)
    if ((flags & FIN) !== 0) stream?.onEnd()
  }
  const takeControl = (type: number, flags: number, payload: Buffer) => {
    if (type === TYPES.goAway) return void pipe.end()
    const id = payload.readUInt32BE(0)
    if (type === TYPES.open) open(id, flags, payload.subarray(10))
    if (type === TYPES.ping) send(control(TYPES.ping, 0, [id]))
    if (type !== TYPES.reset) return
    streams.get(id)?.onReset()
    streams.delete(id)
  }

  pipe.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= HEAD_BYTES) {
      const length = rest.readUInt32BE(4) & 0xffffff
      if (rest.length < HEAD_BYTES + length) return
      const [first, flags] = [rest.readUInt32BE(0), rest[4] ?? 0]
      const payload = rest.subarray(HEAD_BYTES, HEAD_BYTES + length)
      rest = rest.subarray(HEAD_BYTES + length)
      if (first < 0x80000000) takeData(first, flags, payload)
      else takeControl(first & 0xffff, flags, payload)
    }
  })
  pipe.on('end', () => pipe.end())
  pipe.on('error', () => pipe.destroy())
  pipe.on('close', () => {
    for (const stream of streams.values()) stream.onReset()
    streams.clear()
  })
}

/** What stored blocks of zlib hold; the head of the stream comes before the first of them (RFC 1950, RFC 1951 3.2.4). */
function plain(block: Buffer, isFirst: boolean): Buffer {
  const parts: Buffer[] = []
  for (let at = isFirst ? 2 : 0; at < block.length; ) {
    if (block[at] !== 0) throw new Error('a compressed header block')
    const length = block.readUInt16LE(at + 1)
    parts.push(block.subarray(at + 5, at + 5 + length))
    at += 5 + length
  }
  return Buffer.concat(parts)
}

function streamOf(
  id: number,
  headers: Readonly<Record<string, string>>,
  send: (frame: Buffer) => void,
): ServerStream {
  return {
    id,
    headers,
    onData: () => undefined,
    onEnd: () => undefined,
    onReset: () => undefined,
    write: (bytes) => send(data(id, 0, bytes)),
    end: () => send(data(id, FIN, new Uint8Array(0))),
    reset: () => send(control(TYPES.reset, 0, [id, 5])),
  }
}

/** Name and value in turn, each after its length. */
function headersOf(block: Buffer): Record<string, string> {
  let at = 4
  const text = () => {
    const length = block.readUInt32BE(at)
    const value = block.subarray(at + 4, at + 4 + length).toString()
    at += 4 + length
    return value
  }
  const pairs = Array.from({ length: block.readUInt32BE(0) }, () => [text(), text()] as const)
  return Object.fromEntries(pairs)
}

/** No header, as a zlib stream of its own. No client of this project reads it. */
const EMPTY_BLOCK = Buffer.from([0x78, 0x01, 0, 4, 0, 0xfb, 0xff, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff])

function control(type: number, flags: number, words: readonly number[], more = Buffer.alloc(0)) {
  const frame = Buffer.alloc(HEAD_BYTES + 4 * words.length)
  frame.writeUInt32BE((0x80030000 | type) >>> 0, 0)
  frame.writeUInt32BE(4 * words.length + more.length, 4)
  frame[4] = flags
  words.forEach((word, index) => {
    frame.writeUInt32BE(word, HEAD_BYTES + 4 * index)
  })
  return Buffer.concat([frame, more])
}

function data(id: number, flags: number, bytes: Uint8Array): Buffer {
  const head = Buffer.alloc(HEAD_BYTES)
  head.writeUInt32BE(id, 0)
  head.writeUInt32BE(bytes.length, 4)
  head[4] = flags
  return Buffer.concat([head, bytes])
}
