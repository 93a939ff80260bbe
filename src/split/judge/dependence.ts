/**
 * Evidence that a sample depends on the one before (a client address pinned to one destination, blocks): the
 * Krichevsky-Trofimov estimate of a Markov chain (1981) against the best independent explanation of the same samples. For
 * independent samples, whatever the shares, it ever reaches 1/alpha with a chance of at most alpha, because the best
 * explanation is at least as likely as the true one. The first sample has no predecessor and counts for neither side.
 * Unclassified samples are skipped. Of several clients, each has its own chain, with the same chances: what is pinned is a
 * client, and samples of different clients come in turn.
 */
export type Dependence = {
  /**
   * @param destination index of a destination, 0 to K - 1
   * @param stream which client took the sample
   */
  observe(destination: number, stream?: number): void
  logEvidence(): number
}

export function dependence(destinations: number): Dependence {
  const followed = new Float64Array(destinations * destinations)
  const left = new Float64Array(destinations)
  const arrived = new Float64Array(destinations)
  let transitions = 0
  const latest: number[] = []
  let logMarkov = 0
  return {
    observe(destination, stream = 0) {
      const previous = latest[stream]
      if (previous !== undefined) {
        const pair = previous * destinations + destination
        const pairCount = followed[pair] ?? 0
        const leftCount = left[previous] ?? 0
        logMarkov += Math.log((0.5 + pairCount) / (destinations / 2 + leftCount))
        followed[pair] = pairCount + 1
        left[previous] = leftCount + 1
        arrived[destination] = (arrived[destination] ?? 0) + 1
        transitions += 1
      }
      latest[stream] = destination
    },
    logEvidence() {
      let logIndependent = 0
      for (const count of arrived) {
        if (count > 0) logIndependent += count * Math.log(count / transitions)
      }
      return logMarkov - logIndependent
    },
  }
}
