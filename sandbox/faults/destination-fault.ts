import { seededRandom } from '../mesh/random.ts'

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
  /** Sends half of the reply, then resets. */
  | { kind: 'cut' }
  /** Sends one byte every this many milliseconds. */
  | { kind: 'drip'; everyMs: number }
  /** Sends exactly these bytes, for any input. */
  | { kind: 'reply'; bytes: string | Uint8Array }
  /** Sends its prefix and `hello` as soon as a connection is open, and answers nothing. */
  | { kind: 'speaks-first' }
  | HttpReplyFault

/** Faults that only replies to HTTP requests can have. The others are those of their bodies. */
export type HttpReplyFault =
  /** Answers with this status and, if it is given, this body. Unnamed: nothing in the reply shows the version. */
  | { kind: 'status'; status: number; body?: string; unnamed?: boolean }
  /** Ends a gRPC call with this status, without a message. */
  | { kind: 'grpc-status'; status: number; message?: string; unnamed?: boolean }
  /** Leaves its version out of headers and body. */
  | { kind: 'no-version' }

/** Which connections or HTTP requests of a version a fault affects. */
export type Affected = {
  /** Only every n-th; default: each. */
  every?: number
  /** Only this share of these, more than 0 and at most 1, at random and independent of each other; default: 1. */
  share?: number
}

/** A fault, and what it affects. The seed decides what is random. */
export type OrderedDestinationFault = {
  fault: DestinationFault
  affected: Affected
  seed: number
}

/** The fault of a reply to a connection or request, by its number since the start of the version, from 1. */
export function replyFaultOf(
  ordered: readonly OrderedDestinationFault[],
  number: number,
): ReplyFault | undefined {
  const found = ordered.findLast((one) => isReplyFault(one.fault) && affects(one, number))
  return found !== undefined && isReplyFault(found.fault) ? found.fault : undefined
}

function affects({ affected: { every = 1, share = 1 }, seed }: OrderedDestinationFault, n: number) {
  return n % every === 0 && (share === 1 || seededRandom(seed + n * SPREAD)() < share)
}

/** Consecutive numbers become seeds that are far from each other: 2^32 divided by the golden ratio. */
const SPREAD = 0x9e3779b1

function isReplyFault(fault: DestinationFault): fault is ReplyFault {
  return fault.kind !== 'dead' && fault.kind !== 'not-ready'
}

/** Whether nothing in a reply shows the version. */
export function isUnnamed(fault: ReplyFault | undefined): boolean {
  if (fault?.kind === 'status' || fault?.kind === 'grpc-status') return fault.unnamed ?? false
  return fault?.kind === 'no-version'
}
