import type { IncomingMessage } from 'node:http'
import { StringDecoder } from 'node:string_decoder'
import type { PassedOn } from '../../../kube/request/pass-on.ts'
import { isClientLimit } from '../../../problem/client-limit.ts'
import { startClocks } from '../connection/clocks.ts'
import type { ConnectionOutcome, Dial } from '../connection-outcome.ts'
import { MOST_REPLY_BYTES } from '../reply-reader.ts'
import { mayBeOwn, statusIn } from './own-answer.ts'

/** An answer of the API server itself is short. */
const MOST_OWN_BYTES = 64 * 1024

/**
 * Dials by requests that the API server passes on. One that it did not pass on has no outcome.
 *
 * @param send sends the request of a sample
 * @param broken called where the API server answered itself, or did not answer; why, as a clause, and its status
 */
export function passingDial(
  send: () => PassedOn,
  timeoutMs: number,
  broken: (why: string, status?: number) => void,
): Dial {
  const clocks = startClocks(timeoutMs)
  return (done) => {
    const clock = clocks.take()
    const passed = send()
    const reply = startReply()
    let isOver = false

    /** @param outcome undefined: there is none */
    function end(outcome: ConnectionOutcome | undefined): void {
      if (isOver) return
      isOver = true
      clock.stopwatch.stop()
      clocks.free(clock)
      if (outcome !== undefined) done(outcome)
    }

    function drop(outcome: ConnectionOutcome | undefined): void {
      end(outcome)
      passed.drop()
    }

    function fail(error: unknown): void {
      if (isOver) return
      const code = error instanceof Error && 'code' in error ? String(error.code) : ''
      const isOurs = isClientLimit(code)
      end(isOurs ? { kind: 'client-limit', why: code } : undefined)
      if (!isOurs) broken(error instanceof Error ? error.message : String(error))
    }

    function take(answer: IncomingMessage): void {
      if (isOver) return
      const { statusCode: status = 0, headers } = answer
      const maybeOwn = status >= 400 && mayBeOwn(headers)
      reply.begin(answer, maybeOwn ? MOST_OWN_BYTES : MOST_REPLY_BYTES)
      answer.on('data', (chunk: Buffer) => {
        if (reply.add(chunk)) drop(reply.outcome(true))
      })
      // The server, or the API server, ended the connection within its reply.
      answer.on('error', () => drop({ kind: 'reset' }))
      answer.on('end', () => {
        const own = maybeOwn ? statusIn(reply.text(), status) : undefined
        if (own === undefined) end(reply.outcome(false))
        else if (own.isOfService) end({ kind: 'reset' })
        else if (!isOver) {
          end(undefined)
          broken(own.message, status)
        }
      })
    }

    clock.running = {
      timedOut() {
        if (passed.isConnecting()) drop({ kind: 'connect timeout' })
        else
          drop(
            reply.text() === ''
              ? { kind: 'timeout' }
              : { kind: 'timeout', incomplete: reply.text() },
          )
      },
    }
    clock.stopwatch.start()
    passed.answer.then(take, fail)
    return () => drop(undefined)
  }
}

/** Puts a reply together as it arrives. */
function startReply() {
  const decoder = new StringDecoder('utf8')
  let head = { status: 0, headers: {} as Record<string, string> }
  let most = 0
  let bytes = 0
  let text = ''
  return {
    begin({ statusCode = 0, rawHeaders }: IncomingMessage, mostBytes: number): void {
      head = { status: statusCode, headers: joined(rawHeaders) }
      most = mostBytes
    },
    /** Returns whether it is as long as it may be. */
    add(chunk: Buffer): boolean {
      text += decoder.write(chunk.subarray(0, most - bytes))
      bytes += chunk.length
      return bytes >= most
    },
    text: () => text,
    outcome: (truncated: boolean): ConnectionOutcome => ({
      kind: 'reply',
      text: text + decoder.end(),
      head,
      ...(truncated && { truncated }),
    }),
  }
}

/** Headers by lower-case name, repeated ones joined; `raw` has name and value in turn. */
function joined(raw: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = Object.create(null)
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = (raw[at] ?? '').toLowerCase()
    const before = headers[name]
    const value = raw[at + 1] ?? ''
    headers[name] = before === undefined ? value : `${before}, ${value}`
  }
  return headers
}
