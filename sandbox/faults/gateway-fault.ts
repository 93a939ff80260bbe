/** What can be wrong with the gateway. Of several of a sort the one that was ordered last counts. */
export type GatewayFault = SplitFault | ApplyFault | ListenFault

/** How it splits in place of its configuration. */
export type SplitFault =
  /** Draws by these shares instead of the weights; a destination that is not named gets nothing. */
  | { kind: 'shares'; shares: Readonly<Record<string, number>> }
  /** Draws all destinations alike. */
  | { kind: 'even' }
  /** Draws once, by weight, for each client address (or once for everybody) and stays with it. */
  | { kind: 'pinned'; by: 'address' | 'everybody' }
  /** Sends `length` connections in a row to each destination that has a weight, in turn. */
  | { kind: 'blocks'; length: number }
  /** Serves the former route and the present one in turns of so many connections. */
  | { kind: 'flapping'; connections: number }

/** When it acts on what istiod pushes. */
export type ApplyFault =
  | { kind: 'late'; byMs: number }
  | { kind: 'never' }
  /** The first replica at once, the others so many milliseconds later. */
  | { kind: 'first-replica'; othersAfterMs: number | 'never' }

/** What becomes of connections before a destination is drawn. */
export type ListenFault =
  /** Accepts, reads and never answers. */
  | { kind: 'black-hole' }
  | { kind: 'refuses' }
  /** Accepts and resets. */
  | { kind: 'resets' }

/** The fault of some kinds that was ordered last. */
export function latest<Fault extends { kind: string }, Kind extends Fault['kind']>(
  faults: readonly Fault[],
  ...kinds: readonly Kind[]
): Extract<Fault, { kind: Kind }> | undefined {
  return faults.findLast((fault): fault is Extract<Fault, { kind: Kind }> =>
    kinds.some((kind) => kind === fault.kind),
  )
}
