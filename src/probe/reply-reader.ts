import type { Expectation, ReplyUntil } from '../options/options.ts'
import { matches } from './classify.ts'

/** A reply is complete at this many bytes in any case. */
export const MOST_REPLY_BYTES = 64 * 1024

/** Collects one connection's bytes until they are a complete reply. */
export type ReplyReader = {
  /** The complete reply, or undefined while more is needed. */
  take(chunk: Uint8Array): string | undefined
  /** What there is at the end of the stream; undefined without a single byte. */
  end(): string | undefined
}

/** Text is UTF-8; bytes that are not become U+FFFD. A carriage return before the line feed is cut. */
export function readReply(until: ReplyUntil, expect: readonly Expectation[]): ReplyReader {
  const chunks: Buffer[] = []
  let length = 0

  function text(): string {
    return Buffer.concat(chunks).toString('utf8')
  }

  function complete(latest: Buffer): string | undefined {
    if (until === 'newline' && latest.includes(10)) {
      const whole = Buffer.concat(chunks)
      const feed = whole.indexOf(10)
      return whole.subarray(0, whole[feed - 1] === 13 ? feed - 1 : feed).toString('utf8')
    }
    if (until === 'match') {
      const sofar = text()
      if (matches(sofar, expect).length === 1) return sofar
    }
    return length >= MOST_REPLY_BYTES ? text() : undefined
  }

  return {
    take(chunk) {
      // The caller's buffer is used again for the next chunk.
      const kept = Buffer.from(chunk.subarray(0, MOST_REPLY_BYTES - length))
      length += kept.length
      chunks.push(kept)
      return complete(kept)
    },
    end: () => (length === 0 ? undefined : text()),
  }
}
