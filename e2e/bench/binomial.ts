/**
 * The probability of at most `hits` hits in `tries` independent trials that each hit with probability `chance` (0 to 1).
 */
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
 * The most hits that `tries` trials with at most this probability may show before they refute it: more hits have a
 * probability below `surprise`. Worked example: 500 trials at 1% and a surprise of 1 in 1,000 allow 13, because 14 or
 * more have a probability of 0.00065.
 */
export function mostAllowed(attempts: number, chance: number, surprise: number): number {
  let hits = 0
  while (1 - atMost(hits, attempts, chance) >= surprise) hits += 1
  return hits
}

/**
 * The upper end of Clopper and Pearson's one-sided exact interval for the probability behind `hits` of `tries`, at
 * `confidence` (0 to 1).
 */
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
