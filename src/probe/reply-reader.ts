import type { ReplyUntil } from '../options/options.ts'
import type { MatchReply } from './match-replies.ts'

/** A reply is complete at this many bytes in any case. */
export const MOST_REPLY_BYTES = 64 * 1024

const LINE_FEED = 10
const CARRIAGE_RETURN = 13

/** Collects one connection's bytes until they are a complete reply. */
export type ReplyReader = {
  /** The complete reply, or undefined while more is needed. */
  take(chunk: Buffer): string | undefined
  /** What there is at the end of the stream; undefined without a single byte. */
  end(): string | undefined
}

/** Text is UTF-8; bytes that are not become U+FFFD. A carriage return before the line feed is cut. */
export function readReply(until: ReplyUntil, match: MatchReply): ReplyReader {
  const chunks: Buffer[] = []
  let length = 0

  function text(): string {
    return Buffer.concat(chunks).toString('utf8')
  }

  function complete(latest: Buffer): string | undefined {
    if (until === 'newline' && latest.includes(LINE_FEED)) return firstLine(Buffer.concat(chunks))
    if (until === 'match') {
      const sofar = text()
      if (match(sofar)?.length === 1) return sofar
    }
    return length >= MOST_REPLY_BYTES ? text() : undefined
  }

  return {
    take(chunk) {
      // Nearly every reply is one line in one chunk, for which nothing need be kept.
      if (until === 'newline' && length === 0 && chunk.length <= MOST_REPLY_BYTES) {
        const line = firstLine(chunk)
        if (line !== undefined) return line
      }
      // The caller's buffer is used again for the next chunk.
      const kept = Buffer.from(chunk.subarray(0, MOST_REPLY_BYTES - length))
      length += kept.length
      chunks.push(kept)
      return complete(kept)
    },
    end: () => (length === 0 ? undefined : text()),
  }
}

/** What comes before the first line feed; undefined where there is none. */
function firstLine(bytes: Buffer): string | undefined {
  const feed = bytes.indexOf(LINE_FEED)
  if (feed < 0) return undefined
  return bytes.toString('utf8', 0, bytes[feed - 1] === CARRIAGE_RETURN ? feed - 1 : feed)
}
