/** What can be wrong with one version of the application. The one that was ordered last counts. */
export type DestinationFault =
  /** Its port refuses, while its endpoint stays ready. */
  | { kind: 'dead' }
  /** Its Pod and endpoint are not ready, so that the gateway leaves it out; with `routed` only the Pod says so. */
  | { kind: 'not-ready'; routed?: boolean }
  | ReplyFault

/** What can be wrong with its replies. */
export type ReplyFault =
  | { kind: 'slow'; delayMs: number }
  /** Never answers. */
  | { kind: 'silent' }
  /** Half of the reply and no line feed; then it closes, or holds the connection open. */
  | { kind: 'half-line'; afterwards: 'close' | 'hold' }
  /** The reply in two packets, so many milliseconds apart. */
  | { kind: 'two-packets'; gapMs: number }
  /** The line ends with carriage return and line feed. */
  | { kind: 'crlf' }
  /** Bytes without a line feed: so many, or without an end. */
  | { kind: 'endless'; bytes?: number }
  | { kind: 'invalid-utf8' }
  /** Another prefix than its own. */
  | { kind: 'prefix'; prefix: string }
  /** Closes without a reply. */
  | { kind: 'eof' }
  | { kind: 'resets' }
  /** One byte every so many milliseconds. */
  | { kind: 'drip'; everyMs: number }
  /** Exactly these bytes, whatever was sent. */
  | { kind: 'reply'; bytes: string | Uint8Array }
  /** Speaks first: greets with its prefix and `hello` as soon as a connection is there, and answers nothing. */
  | { kind: 'speaks-first' }

/** A fault, and on which of the connections: every so many-th (default: each). */
export type OrderedDestinationFault = { fault: DestinationFault; every: number }
