/** What one connection met. */
export type Met =
  /**
   * A complete reply, cut where `reply-until` says. `whole` is all that arrived with it, set only where
   * that is more than the first line.
   */
  | { kind: 'reply'; text: string; whole?: string }
  /** The server closed without a byte. */
  | { kind: 'closed' }
  | { kind: 'reset' }
  | { kind: 'refused' }
  /** No complete reply within `probe-timeout`; `incomplete` is what arrived of it. */
  | { kind: 'timeout'; incomplete?: string }
  /** Any other failure on the way, with the system's code or the command's complaint. */
  | { kind: 'failed'; why: string }
  /** The client itself could not open it (out of files or ports): says nothing of the gateway. */
  | { kind: 'client-limit'; why: string }

/** Why a connection says nothing of its destination. */
export type Unclassified =
  | Exclude<Met['kind'], 'reply' | 'client-limit'>
  | 'unknown reply'
  | 'ambiguous reply'
  /** A reply that costs an expression too much work. */
  | 'slow expression'

/**
 * Starts one connection and calls `done` once, unless it is dropped before. Returns what drops it.
 */
export type Dial = (done: (met: Met) => void) => () => void
