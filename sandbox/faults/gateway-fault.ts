/** Faults of the gateway. Of several of the same sort, the last one that was ordered counts. */
export type GatewayFault = SplitFault | ApplyFault | ListenFault | OwnReplyFault

/** How it splits connections instead of by its configuration. */
export type SplitFault =
  /** Chooses by these shares instead of the weights. A destination that is not named gets nothing. */
  | { kind: 'shares'; shares: Readonly<Record<string, number>> }
  /** Chooses all destinations with the same chance. */
  | { kind: 'even' }
  /** Chooses once, by weight, for each client address (or once for all clients), and keeps the choice. */
  | { kind: 'pinned'; by: 'address' | 'everybody' }
  /** Sends `length` connections in a row to each destination with a weight, in turn. */
  | { kind: 'blocks'; length: number }
  /** Uses the previous route and the current one in turn, for this many connections each. */
  | { kind: 'flapping'; connections: number }

/** When it applies what istiod pushes. */
export type ApplyFault =
  | { kind: 'late'; byMs: number }
  | { kind: 'never' }
  /** The first replica at once, the others this many milliseconds later. */
  | { kind: 'first-replica'; othersAfterMs: number | 'never' }
  /** One replica, by its number from 0, rejects it and keeps what it has. */
  | { kind: 'rejects'; replica: number }

/** What happens to connections before a destination is chosen. */
export type ListenFault =
  /** Accepts, reads and never answers. */
  | { kind: 'black-hole' }
  | { kind: 'refuses' }
  /** Accepts and resets. */
  | { kind: 'resets' }

/** What it answers itself instead of forwarding HTTP requests, such as 401, 403 or 429. */
export type OwnReplyFault = {
  kind: 'reply'
  /** `after-route`: the destination is chosen, and the reply has the headers that its rule sets. */
  when: 'before-route' | 'after-route'
  status: number
  body?: string
  headers?: readonly (readonly [name: string, value: string])[]
  /** Only to every n-th request; default: to each. */
  every?: number
}

/** The last one that was ordered of some kinds of faults. */
export function latest<Fault extends { kind: string }, Kind extends Fault['kind']>(
  faults: readonly Fault[],
  ...kinds: readonly Kind[]
): Extract<Fault, { kind: Kind }> | undefined {
  return faults.findLast((fault): fault is Extract<Fault, { kind: Kind }> =>
    kinds.some((kind) => kind === fault.kind),
  )
}
