/** The destination that got all connections; undefined where several got some, or there were none. */
export function soleDestination(counts: readonly number[]): number | undefined {
  const reached = counts.flatMap((count, index) => (count > 0 ? [index] : []))
  return reached.length === 1 ? reached[0] : undefined
}

/**
 * From how many connections on, all of them at one destination, it is said that they are not split at all. A gateway
 * that samples each on its own, and gives the other destinations together at least half of what they are to get, then
 * shows so many at any one destination with a chance of at most alpha. Their number does not depend on what is seen,
 * so it does not matter when the sampling stopped.
 *
 * Infinite where the destination is to get everything.
 */
export function connectionsToDistinguish(
  target: readonly number[],
  destination: number,
  alpha: number,
): number {
  const others = 1 - (target[destination] ?? 0)
  const weighted = target.filter((share) => share > 0).length
  return others <= 0
    ? Number.POSITIVE_INFINITY
    : Math.ceil(Math.log(weighted / alpha) / -Math.log(1 - others / 2))
}
