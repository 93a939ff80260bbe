import { StringDecoder } from 'node:string_decoder'
import type { ConnectionReader } from '../connection/connection-reader.ts'
import type { ConnectionOutcome } from '../connection-outcome.ts'
import { MOST_REPLY_BYTES } from '../reply-reader.ts'
import { startParser } from './llhttp.ts'
import { cutShort, LONG_HEAD, MOST_HEAD_BYTES, notHttp, otherProtocol } from './not-http.ts'

/** A body in small chunks, or with long extensions of chunks, is much longer on the wire. */
const MOST_BYTES = 1024 * 1024
const SWITCHING_PROTOCOLS = 101
/** Has no body, although its head has the length of one. */
const NOT_MODIFIED = 304

/** Reads a reply of HTTP/1.1. Informational replies before it are skipped, and so are trailers. */
export function responseReader(method: string): ConnectionReader {
  const hasNoBody = method === 'HEAD'
  let buffer: Buffer = Buffer.alloc(0)
  let received = 0
  let status = 0
  let headers: Record<string, string> = {}
  let name = ''
  let value: string | undefined
  let isHead = true
  const decoder = new StringDecoder('utf8')
  let text = ''
  let bodyBytes = 0
  let isComplete = false
  let mayBeKept = false

  const parser = startParser({
    headerName(from, to) {
      if (!isHead) return
      if (value !== undefined) keepHeader()
      name += buffer.toString('latin1', from, to)
    },
    headerValue(from, to) {
      if (isHead) value = (value ?? '') + buffer.toString('latin1', from, to)
    },
    headersComplete(code) {
      if (value !== undefined) keepHeader()
      status = code
      isHead = false
      return hasNoBody || code === NOT_MODIFIED
    },
    body(from, to) {
      const bytes = Math.min(to - from, MOST_REPLY_BYTES - bodyBytes)
      if (bytes > 0) text += decoder.write(buffer.subarray(from, from + bytes))
      bodyBytes += bytes
    },
    messageComplete(keepsOpen) {
      mayBeKept = keepsOpen && status !== SWITCHING_PROTOCOLS
      isComplete = status >= 200 || status === SWITCHING_PROTOCOLS
      if (!isComplete) startHead()
      return !isComplete
    },
  })

  function keepHeader(): void {
    const key = name.toLowerCase()
    const before = headers[key]
    headers[key] = before === undefined ? (value ?? '') : `${before}, ${value}`
    name = ''
    value = undefined
  }

  function startHead(): void {
    isHead = true
    headers = Object.create(null)
    name = ''
    value = undefined
  }

  function replied(truncated: boolean): ConnectionOutcome {
    if (status === SWITCHING_PROTOCOLS) return notHttp('the server switched to another protocol')
    const reply = { kind: 'reply' as const, text: text + decoder.end(), head: { status, headers } }
    return truncated ? { ...reply, truncated } : reply
  }

  return {
    start() {
      parser.reset()
      startHead()
      received = 0
      status = 0
      decoder.end()
      text = ''
      bodyBytes = 0
      isComplete = false
      mayBeKept = false
    },
    take(chunk, bytes) {
      if (received === 0) {
        const other = otherProtocol(chunk, bytes)
        if (other !== undefined) return other
      }
      received += bytes
      buffer = chunk
      const wrong = parser.read(chunk, bytes)
      if (wrong !== undefined) return notHttp(wrong)
      if (isComplete) {
        // What follows the reply was not asked for.
        mayBeKept &&= parser.consumed() === bytes
        return replied(false)
      }
      if (bodyBytes >= MOST_REPLY_BYTES) return replied(true)
      if (isHead && received > MOST_HEAD_BYTES) return LONG_HEAD
      return received > MOST_BYTES ? notHttp('it has 1 MiB and no end') : undefined
    },
    end() {
      if (received === 0) return { kind: 'closed' }
      parser.finish()
      return isComplete ? replied(false) : cutShort(isHead ? undefined : bodyBytes)
    },
    timedOut() {
      return bodyBytes === 0 ? { kind: 'timeout' } : { kind: 'timeout', incomplete: text }
    },
    mayBeKept: () => mayBeKept && isComplete,
  }
}
