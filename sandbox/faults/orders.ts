/** A current fault. It may be cleared twice. */
export type Order = { clear(): Promise<void>; [Symbol.asyncDispose](): Promise<void> }

/** The current faults of one part, in the order in which they were ordered. */
export type Orders<Fault> = {
  active(): readonly Fault[]
  /** Starts a fault and calls `began`. Clearing it calls `ended`. Resolves when `began` has. */
  order(
    fault: Fault,
    effect?: { began?: () => Promise<void>; ended?: () => Promise<void> },
  ): Promise<Order>
  clear(): Promise<void>
}

export function createOrders<Fault>(): Orders<Fault> {
  const entries: { fault: Fault; end: () => Promise<void> }[] = []
  return {
    active: () => entries.map((rule) => rule.fault),
    async order(fault, effect = {}) {
      const rule = { fault, end: effect.ended ?? (async () => {}) }
      entries.push(rule)
      await effect.began?.()
      const clear = async () => {
        const index = entries.indexOf(rule)
        if (index < 0) return
        entries.splice(index, 1)
        await rule.end()
      }
      return { clear, [Symbol.asyncDispose]: clear }
    },
    async clear() {
      for (const rule of entries.splice(0)) await rule.end()
    },
  }
}
