/** What a stamp in a reply, or the lack of one, shows. */
export type StampMeaning =
  /** The gateway chose this destination, by the weights that this run wrote last. */
  | { kind: 'destination'; index: number }
  /** The gateway has another configuration than the one that this run wrote last. */
  | { kind: 'previous' }

/** The stamps of the write that is to be confirmed. */
export type Stamps = {
  /** The name of the response header, in lower case. */
  header: string
  /** From now on these name the destinations, in their order. */
  set(values: readonly string[]): void
  /** Those that were set last; none before. */
  values(): readonly string[]
  meaning(value: string | undefined): StampMeaning
}

/** Begins without a write: no reply has a stamp that means a destination. */
export function startStamps(header: string): Stamps {
  let indexes = new Map<string, number>()
  return {
    header,
    set(values) {
      indexes = new Map(values.map((value, index) => [value, index]))
    },
    values: () => [...indexes.keys()],
    meaning(value) {
      const index = value === undefined ? undefined : indexes.get(value)
      return index === undefined ? { kind: 'previous' } : { kind: 'destination', index }
    },
  }
}
