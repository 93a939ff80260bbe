/** The chance of at most `hits` hits in `tries` independent tries that each hit with chance `chance` (0 to 1). */
export function atMost(hits: number, attempts: number, chance: number): number {
  let term = (1 - chance) ** attempts
  let sum = term
  for (let k = 1; k <= hits; k += 1) {
    term *= ((attempts - k + 1) / k) * (chance / (1 - chance))
    sum += term
  }
  return Math.min(1, sum)
}

/**
 * The most hits that `tries` tries with at most this chance each may show before they refute it: more
 * would come with a chance below `surprise`. Worked example: 500 tries at 1% and a surprise of
 * 1 in 1000 allow 13, as 14 or more come with a chance of 0.00065.
 */
export function mostAllowed(attempts: number, chance: number, surprise: number): number {
  let hits = 0
  while (1 - atMost(hits, attempts, chance) >= surprise) hits += 1
  return hits
}

/** The upper end of Clopper and Pearson's one-sided exact interval for the chance behind `hits` of `tries`, at `confidence` (0 to 1). */
export function upperBound(hits: number, attempts: number, confidence: number): number {
  if (hits >= attempts) return 1
  let low = hits / attempts
  let high = 1
  while (high - low > 1e-9) {
    const middle = (low + high) / 2
    if (atMost(hits, attempts, middle) > 1 - confidence) low = middle
    else high = middle
  }
  return high
}
