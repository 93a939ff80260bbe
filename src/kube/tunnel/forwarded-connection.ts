import { Duplex } from 'node:stream'
import { nodeWords } from './node-words.ts'
import type { SpdySession, SpdyStream } from './spdy-session.ts'

/** Error texts that are kept, in bytes. */
const MOST_ERROR_BYTES = 4096

/** A connection into a Pod was refused, or was ended by something other than its server. */
export class ForwardError extends Error {
  /** As the system has it, so that a connection through a tunnel fails like any other. */
  readonly code = 'ECONNRESET'
}

/**
 * One connection to a port in the network namespace of a Pod: a stream for data, and one on which the node says why it
 * could not connect. Source: k8s.io/client-go/tools/portforward. Errors are ForwardErrors.
 */
export function forwardedConnection(session: SpdySession, port: number, request: number): Duplex {
  let failure = ''
  const common = { port: String(port), requestid: String(request) }
  const errors = session.open({ ...common, streamtype: 'error' }, true, {
    onData(bytes) {
      if (failure.length < MOST_ERROR_BYTES) failure += bytes.toString()
    },
    onEnd() {
      if (failure !== '') connection.destroy(new ForwardError(nodeWords(failure, port)))
    },
    onReset: () => undefined,
  })
  const connection = new ForwardedConnection(session, errors)
  connection.data = session.open({ ...common, streamtype: 'data' }, false, {
    onData: (bytes) => connection.push(bytes),
    onEnd() {
      connection.push(null)
    },
    onReset: (why) => connection.destroy(new ForwardError(nodeWords(failure, port) || why)),
  })
  return connection
}

class ForwardedConnection extends Duplex {
  readonly #session: SpdySession
  readonly #errors: SpdyStream
  data: SpdyStream | undefined

  constructor(session: SpdySession, errors: SpdyStream) {
    super({ allowHalfOpen: true })
    this.#session = session
    this.#errors = errors
  }

  /** SPDY has no flow control for one stream here, so there is nothing to ask for. */
  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    if (this.data?.write(chunk, false) !== false) done()
    else this.#session.onceWritable(() => done())
  }

  override _final(done: (error?: Error | null) => void): void {
    this.data?.write(NOTHING, true)
    done()
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.data?.cancel()
    this.#errors.cancel()
    done(error)
  }
}

const NOTHING = new Uint8Array(0)
