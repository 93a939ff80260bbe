/** What comes before the body of an HTTP or gRPC reply. */
export type ReplyHead = {
  /** Of HTTP. */
  status: number
  /** Names in lower case, repeated ones joined by a comma and a space; of a gRPC reply the trailers too. */
  headers: Readonly<Record<string, string>>
  /** The name of a gRPC status, such as UNAVAILABLE. */
  grpcStatus?: string
}

/** How one connection ended. */
export type ConnectionOutcome =
  /**
   * A complete reply, cut where `reply-until` says, or the body of an HTTP reply. `whole` is all that arrived with it,
   * set only where that is more than the first line. `truncated`: it was cut because it is longer than a reply may be.
   * `unfinished`: the stream ended before what `reply-until` says.
   */
  | {
      kind: 'reply'
      text: string
      whole?: string
      truncated?: boolean
      unfinished?: true
      head?: ReplyHead
    }
  /** The server closed without a byte. */
  | { kind: 'closed' }
  /** `incomplete` is what arrived of a reply before. */
  | { kind: 'reset'; incomplete?: string }
  | { kind: 'refused' }
  /** Not established within `probe-timeout`. */
  | { kind: 'connect timeout' }
  /** Established, and no complete reply within `probe-timeout`; `incomplete` is what arrived of it. */
  | { kind: 'timeout'; incomplete?: string }
  /** The TLS handshake failed: a certificate that is not trusted, an alert, or no TLS on the other side. */
  | { kind: 'tls'; why: string; cause?: FailureCause }
  /** Any other failure on the way, with the system's code or the command's error output. */
  | { kind: 'failed'; why: string; cause?: FailureCause }
  /** The client itself could not open it (out of files or ports): shows nothing about the gateway. */
  | { kind: 'client-limit'; why: string }

/** What a failure shows about the inputs, for the hint. */
export type FailureCause =
  /** A certificate that no trusted authority has issued. */
  | 'untrusted'
  /** A certificate whose time is over, or has not begun. */
  | 'expired'
  /** A certificate for another name. */
  | 'other name'
  /** The server asks for a certificate of the client, or refuses that. */
  | 'client certificate'
  /** The server has no certificate for the name. */
  | 'unknown name'
  /** The server does not offer the version of HTTP. */
  | 'other protocol'
  /** The server offers no TLS. */
  | 'expects plaintext'
  | 'expects TLS'
  | 'expects HTTP/1.1'
  | 'expects HTTP/2'
  | 'no HTTP'

/** Why a connection shows nothing about its destination. */
export type Unclassified =
  | Exclude<ConnectionOutcome['kind'], 'reply' | 'client-limit'>
  | 'unknown reply'
  /** A reply that the gateway made itself. */
  | 'gateway reply'
  /** A reply that no expression matches in the bytes that are read of it. */
  | 'truncated reply'
  | 'ambiguous reply'
  /** A reply that costs an expression too much work. */
  | 'slow expression'

/**
 * Starts one connection and calls `done` once, unless it is dropped before. Returns what drops it.
 */
export type Dial = (done: (outcome: ConnectionOutcome) => void) => () => void

/** A dial whose connections are kept from one sample to the next. */
export type KeptDial = {
  dial: Dial
  /** Closes the connections that are idle, and the others as soon as they are. */
  close(): void
}
