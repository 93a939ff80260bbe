/**
 * The quantiles of a normal distribution in the middle of each of so many equal parts, scaled to variance
 * 1: one picked at random is next to a normal number, for a fraction of the time.
 *
 * @param parts even
 */
export function normalQuantiles(parts: number): Float64Array {
  const quantiles = new Float64Array(parts)
  let squares = 0
  for (let i = 0; i < parts / 2; i++) {
    const z = upperQuantile((i + 0.5) / parts)
    quantiles[i] = -z
    quantiles[parts - 1 - i] = z
    squares += 2 * z * z
  }
  const scale = Math.sqrt(parts / squares)
  for (let i = 0; i < parts; i++) quantiles[i] = (quantiles[i] ?? 0) * scale
  return quantiles
}

/** What a normal number exceeds with this chance, at most .5, within .00045 (Abramowitz and Stegun 26.2.23). */
function upperQuantile(chance: number): number {
  const t = Math.sqrt(-2 * Math.log(chance))
  const above = 2.515517 + t * (0.802853 + t * 0.010328)
  const below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308))
  return t - above / below
}
