import type { Duplex } from 'node:stream'
import {
  cancelFrame,
  dataFrame,
  type Frame,
  MOST_DATA_BYTES,
  openFrame,
  pingFrame,
  startReadingFrames,
} from './spdy-frame.ts'

/** What becomes of a stream. Each is called in the order in which the peer sent it, and none after `onReset`. */
export type StreamHandlers = {
  onData(bytes: Buffer): void
  /** The peer sends nothing more. */
  onEnd(): void
  /** The peer, or the whole session, ended it. */
  onReset(why: string): void
}

/** One stream of a session. */
export type SpdyStream = {
  /** Returns false where the session cannot take more for now. */
  write(bytes: Uint8Array, isLast: boolean): boolean
  /** Ends it in both directions. */
  cancel(): void
}

/** Streams over one connection to an API server. */
export type SpdySession = {
  /** @param isLast this side sends nothing on it */
  open(headers: Readonly<Record<string, string>>, isLast: boolean, on: StreamHandlers): SpdyStream
  /** Calls back as soon as the session can take more. */
  onceWritable(callback: () => void): void
  /** Why it ended; undefined while it can open streams. */
  ended(): string | undefined
  close(): void
}

/** @param pipe what the upgrade of a request has made of its connection */
export function startSession(
  pipe: Duplex,
  onEnd: (why: string) => void = () => undefined,
): SpdySession {
  const streams = new Map<number, StreamHandlers>()
  const read = startReadingFrames(take)
  /** Frames of one turn are written together. */
  let pending: Buffer[] = []
  let nextStream = 1
  let ended: string | undefined
  let isFirst = true
  let waiting: (() => void)[] = []

  function end(why: string): void {
    if (ended !== undefined) return
    ended = why
    const open = [...streams.values()]
    streams.clear()
    for (const one of open) one.onReset(why)
    for (const callback of waiting) callback()
    waiting = []
    onEnd(why)
    pipe.destroy()
  }

  function send(frame: Buffer): boolean {
    if (ended !== undefined) return true
    if (pending.length === 0) process.nextTick(flush)
    pending.push(frame)
    return !pipe.writableNeedDrain
  }

  function flush(): void {
    const bytes = pending.length === 1 ? pending[0] : Buffer.concat(pending)
    pending = []
    if (bytes !== undefined && !pipe.destroyed) pipe.write(bytes)
  }

  function take(frame: Frame): void {
    if (frame.kind === 'ping') {
      send(pingFrame(frame.id))
      return
    }
    if (frame.kind === 'go-away') {
      end('the API server ended the port-forward')
      return
    }
    if (frame.kind === 'other') return
    const on = streams.get(frame.stream)
    if (on === undefined) return
    if (frame.kind === 'reset') {
      streams.delete(frame.stream)
      on.onReset('the port-forward reset the connection')
      return
    }
    if (frame.kind === 'data' && frame.bytes.length > 0) on.onData(frame.bytes)
    if (frame.isLast) on.onEnd()
  }

  pipe.on('data', (chunk: Buffer) => {
    try {
      read(chunk)
    } catch (error) {
      end(`the API server sent ${error instanceof Error ? error.message : String(error)}`)
    }
  })
  pipe.on('drain', () => {
    const callbacks = waiting
    waiting = []
    for (const callback of callbacks) callback()
  })
  pipe.on('end', () => end('the API server closed the port-forward'))
  pipe.on('close', () => end('the API server closed the port-forward'))
  pipe.on('error', (error) => end(error.message))

  return {
    open(headers, isLast, on) {
      const stream = nextStream
      nextStream += 2
      if (ended !== undefined) {
        const why = ended
        process.nextTick(() => on.onReset(why))
        return { write: () => true, cancel: () => undefined }
      }
      streams.set(stream, on)
      send(openFrame(stream, { headers, isLast, isFirst }))
      isFirst = false
      return {
        write(bytes, last) {
          let accepts = true
          for (let at = 0; at === 0 || at < bytes.length; at += MOST_DATA_BYTES) {
            const part = bytes.subarray(at, at + MOST_DATA_BYTES)
            accepts = send(dataFrame(stream, part, last && at + MOST_DATA_BYTES >= bytes.length))
          }
          return accepts
        },
        cancel() {
          if (!streams.delete(stream)) return
          send(cancelFrame(stream))
        },
      }
    },
    onceWritable(callback) {
      if (ended !== undefined || !pipe.writableNeedDrain) process.nextTick(callback)
      else waiting.push(callback)
    },
    ended: () => ended,
    close: () => end('the port-forward was closed'),
  }
}
