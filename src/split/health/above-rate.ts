const MULTIPLES = [1.5, 2, 4, 10]

/**
 * The rates that are suspected where a rate is not to be exceeded: some multiples of it, and nothing but events. Where no
 * multiple is below 1, the rate half way to 1 is among them: otherwise a single sample without an event would end the test.
 */
export function suspectedAbove(rate: number): number[] {
  const multiples = MULTIPLES.map((times) => times * rate).filter((higher) => higher < 1)
  return [...(multiples.length === 0 ? [(1 + rate) / 2] : multiples), 1]
}

/**
 * Tests whether events are more frequent than a rate. Returns ln of the evidence: the mean of the likelihood ratios of
 * some higher rates, and of nothing but events, against the rate. While the true rate is at or below it, this is a
 * supermartingale with mean at most 1.
 *
 * @param rate more than 0, less than 1
 */
export function aboveRate(rate: number): (events: number, others: number) => number {
  const suspected = suspectedAbove(rate).filter((higher) => higher < 1)
  const event = suspected.map((higher) => Math.log(higher / rate))
  const other = suspected.map((higher) => Math.log((1 - higher) / (1 - rate)))
  const allEvents = -Math.log(rate)
  const logCount = Math.log(suspected.length + 1)
  return (events, others) => {
    const first = others === 0 ? events * allEvents : Number.NEGATIVE_INFINITY
    let most = first
    for (let i = 0; i < event.length; i++)
      most = Math.max(most, events * (event[i] ?? 0) + others * (other[i] ?? 0))
    if (most === Number.NEGATIVE_INFINITY) return most
    let sum = Math.exp(first - most)
    for (let i = 0; i < event.length; i++)
      sum += Math.exp(events * (event[i] ?? 0) + others * (other[i] ?? 0) - most)
    return most + Math.log(sum) - logCount
  }
}
