/**
 * Allocates unclassified samples to destinations so that the Dirichlet-multinomial factor becomes least. One more sample
 * of x multiplies the factor by (prior + count_x) / share_x times a term that does not depend on x. Its logarithm is convex
 * in each count and separable, so allocating the samples one by one to the destination where that quotient is least, and
 * moving one while that helps, ends at the least (Fox 1966; Ibaraki and Katoh 1988, "Resource allocation problems"). The
 * last answer is the start of the next, which costs a few comparisons per sample; the answer does not depend on it.
 *
 * Destinations with share 0 get none. The returned array is reused by the next call.
 */
export function worstCaseAllocation(
  target: readonly number[],
  prior: number,
): (counts: readonly number[], unclassified: number) => readonly number[] {
  const given = target.map(() => 0)
  const allocated = target.map(() => 0)
  let handedOut = 0

  const cost = (destination: number) =>
    (prior + (allocated[destination] ?? 0)) / (target[destination] ?? 0)
  const saving = (destination: number) =>
    (given[destination] ?? 0) > 0
      ? (prior + (allocated[destination] ?? 0) - 1) / (target[destination] ?? 0)
      : Number.NEGATIVE_INFINITY

  function give(destination: number, samples: number): void {
    given[destination] = (given[destination] ?? 0) + samples
    allocated[destination] = (allocated[destination] ?? 0) + samples
  }

  function cheapest(): number {
    let best = 0
    for (let i = 1; i < target.length; i++) if (cost(i) < cost(best)) best = i
    return best
  }

  function dearest(): number {
    let worst = 0
    for (let i = 1; i < target.length; i++) if (saving(i) > saving(worst)) worst = i
    return worst
  }

  return (counts, unclassified) => {
    if (unclassified < handedOut) {
      given.fill(0)
      handedOut = 0
    }
    for (let i = 0; i < allocated.length; i++) allocated[i] = (counts[i] ?? 0) + (given[i] ?? 0)
    for (; handedOut < unclassified; handedOut++) give(cheapest(), 1)
    for (;;) {
      const from = dearest()
      const to = cheapest()
      if (saving(from) <= cost(to)) return allocated
      give(from, -1)
      give(to, 1)
    }
  }
}
