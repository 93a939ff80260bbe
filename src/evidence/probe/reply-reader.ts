import { StringDecoder } from 'node:string_decoder'
import type { GrowingReply, MatchReply } from './match-replies.ts'

/** Where a reply ends; the input `reply-until`. */
export type ReplyUntil = 'newline' | 'match' | 'close' | 'half-close'

/** A reply is complete at this many bytes in any case. */
export const MOST_REPLY_BYTES = 64 * 1024

const LINE_FEED = 10
const CARRIAGE_RETURN = 13

/** Collects a connection's bytes until they are a complete reply, and after it another's. */
export type ReplyReader = {
  /** Forgets what is left of the connection before. */
  start(): void
  /** Takes the first so many bytes of a buffer. The complete reply, or undefined while more is needed. */
  take(buffer: Buffer, bytes: number): string | undefined
  /** What arrived by the end of the stream; undefined without a single byte. */
  end(): string | undefined
  /** After a reply that was cut at its first line feed: all that arrived, where there was more. */
  whole(): string | undefined
  /** Whether the reply was cut at `MOST_REPLY_BYTES`. */
  isTruncated(): boolean
}

/** Text is UTF-8; bytes that are not become U+FFFD. A carriage return before the line feed is cut. */
export function readReply(until: ReplyUntil, match: MatchReply): ReplyReader {
  let chunks: Buffer[] = []
  let length = 0
  // With `match` each chunk is decoded and matched once, however small the chunks are: what is built
  // up is the text so far.
  let decoder = new StringDecoder('utf8')
  let growing: GrowingReply | undefined
  let sofar = ''
  let whole: string | undefined

  function text(): string {
    return Buffer.concat(chunks).toString('utf8')
  }

  function complete(latest: Buffer): string | undefined {
    if (until === 'newline' && latest.includes(LINE_FEED)) {
      const all = Buffer.concat(chunks)
      return cutAtLine(all, all.length)
    }
    if (until === 'match') {
      growing ??= match.start()
      const more = decoder.write(latest)
      sofar += more
      if (more !== '' && growing.add(more)?.length === 1) return sofar
    }
    return length >= MOST_REPLY_BYTES ? text() : undefined
  }

  /** The first line. Servers that greet in several lines, or in binary, send more than that. */
  function cutAtLine(buffer: Buffer, bytes: number): string | undefined {
    const feed = firstFeed(buffer, bytes)
    if (feed === undefined) return undefined
    if (feed + 1 < bytes) whole = buffer.toString('utf8', 0, bytes)
    return buffer.toString('utf8', 0, buffer[feed - 1] === CARRIAGE_RETURN ? feed - 1 : feed)
  }

  return {
    start() {
      whole = undefined
      if (length === 0) return
      chunks = []
      length = 0
      if (growing === undefined) return
      decoder = new StringDecoder('utf8')
      growing = undefined
      sofar = ''
    },
    take(buffer, bytes) {
      // Nearly every reply is one line in one chunk, of which nothing has to be kept.
      if (until === 'newline' && length === 0 && bytes <= MOST_REPLY_BYTES) {
        const line = cutAtLine(buffer, bytes)
        if (line !== undefined) return line
      }
      // The caller's buffer is used again for the next chunk.
      const kept = Buffer.from(buffer.subarray(0, Math.min(bytes, MOST_REPLY_BYTES - length)))
      length += kept.length
      chunks.push(kept)
      return complete(kept)
    },
    end: () => (length === 0 ? undefined : text()),
    whole: () => whole,
    isTruncated: () => length >= MOST_REPLY_BYTES,
  }
}

/** Where the first line feed is among so many bytes; undefined where there is none. */
function firstFeed(buffer: Buffer, bytes: number): number | undefined {
  // A subarray would be one more object per connection. After these bytes the buffer may have a line feed of another
  // connection's reply.
  const feed = buffer.indexOf(LINE_FEED)
  return feed < 0 || feed >= bytes ? undefined : feed
}
