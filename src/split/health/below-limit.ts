/** A rate, as a part of the limit, and what is placed on it. */
type Suspected = { part: number; weight: number }

/** The rates that a pass suspects in place of the limit. */
const SUSPECTED: readonly Suspected[] = [
  { part: 0, weight: 0.5 },
  { part: 0.1, weight: 0.2 },
  { part: 0.25, weight: 0.2 },
  { part: 0.5, weight: 0.1 },
]

/** Evidence that a rate is below its limit. */
export type BelowLimit = {
  /** ln of the evidence of so many samples with so many events among them. Falls with events, rises with other samples. */
  logEvidence(samples: number, events: number): number
  /** The most that one sample can add to it. */
  largestStep: number
}

/**
 * Tests whether events are less frequent than a limit: a mixture of the likelihood ratios of some lower rates against it.
 * While each sample is an event with a chance of at least the limit, given everything before it, the mixture is a
 * supermartingale that starts at 1, so it ever reaches 1/b with a chance of at most b.
 *
 * @param limit more than 0, less than 1
 * @param suspected the first one is 0
 */
export function belowLimit(limit: number, suspected: readonly Suspected[] = SUSPECTED): BelowLimit {
  const terms = suspected.map(({ part, weight }) => ({
    start: Math.log(weight),
    event: Math.log(part),
    other: Math.log1p(-part * limit) - Math.log1p(-limit),
  }))
  return {
    largestStep: -Math.log1p(-limit),
    logEvidence(samples, events) {
      const others = samples - events
      let most = Number.NEGATIVE_INFINITY
      for (let i = 0; i < terms.length; i++)
        most = Math.max(most, logTerm(terms[i], events, others))
      let sum = 0
      for (let i = 0; i < terms.length; i++)
        sum += Math.exp(logTerm(terms[i], events, others) - most)
      return most + Math.log(sum)
    },
  }
}

type Term = { start: number; event: number; other: number }

function logTerm(term: Term | undefined, events: number, others: number): number {
  if (term === undefined) return Number.NEGATIVE_INFINITY
  return term.start + others * term.other + (events === 0 ? 0 : events * term.event)
}
