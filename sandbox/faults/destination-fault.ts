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
  /** Sends another prefix than its own. */
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

/** A fault, and its connections: every n-th (default: each). */
export type OrderedDestinationFault = { fault: DestinationFault; every: number }
