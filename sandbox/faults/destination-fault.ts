/** Faults of one version of the application. The last one that was ordered counts. */
export type DestinationFault =
  /** Refuses connections, while its endpoint stays ready. */
  | { kind: 'dead' }
  /** Its Pod and endpoint are not ready, so the gateway does not use it. With `routed`, only the Pod is not ready. */
  | { kind: 'not-ready'; routed?: boolean }
  | ReplyFault

/** Faults of its replies. */
export type ReplyFault =
  | { kind: 'slow'; delayMs: number }
  /** Never answers. */
  | { kind: 'silent' }
  /** Sends half of the reply without a line feed, then closes the connection or keeps it open. */
  | { kind: 'half-line'; afterwards: 'close' | 'hold' }
  /** Sends the reply in two packets, this many milliseconds apart. */
  | { kind: 'two-packets'; gapMs: number }
  /** Ends the line with carriage return and line feed. */
  | { kind: 'crlf' }
  /** Sends this many bytes without a line feed, or an endless number of them. */
  | { kind: 'endless'; bytes?: number }
  | { kind: 'invalid-utf8' }
  /** Sends another prefix, or another version, than its own. */
  | { kind: 'prefix'; prefix: string }
  /** Closes without a reply. */
  | { kind: 'eof' }
  | { kind: 'resets' }
  /** Sends one byte every this many milliseconds. */
  | { kind: 'drip'; everyMs: number }
  /** Sends exactly these bytes, for any input. */
  | { kind: 'reply'; bytes: string | Uint8Array }
  /** Sends its prefix and `hello` as soon as a connection is open, and answers nothing. */
  | { kind: 'speaks-first' }
  | HttpReplyFault

/** Faults that only replies to HTTP requests can have. The others are those of their bodies. */
export type HttpReplyFault =
  /** Answers with this status and, if it is given, this body. */
  | { kind: 'status'; status: number; body?: string }
  /** Ends a gRPC call with this status, without a message. */
  | { kind: 'grpc-status'; status: number; message?: string }
  /** Leaves its version out of headers and body. */
  | { kind: 'no-version' }
  /** Sends half of the body, then resets. */
  | { kind: 'cut' }

/** A fault, and its connections or HTTP requests: every n-th (default: each). */
export type OrderedDestinationFault = { fault: DestinationFault; every: number }
