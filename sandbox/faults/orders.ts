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
  const orders: { fault: Fault; end: () => Promise<void> }[] = []
  return {
    active: () => orders.map((order) => order.fault),
    async order(fault, effect = {}) {
      const order = { fault, end: effect.ended ?? (async () => {}) }
      orders.push(order)
      await effect.began?.()
      const clear = async () => {
        const index = orders.indexOf(order)
        if (index < 0) return
        orders.splice(index, 1)
        await order.end()
      }
      return { clear, [Symbol.asyncDispose]: clear }
    },
    async clear() {
      for (const order of orders.splice(0)) await order.end()
    },
  }
}
