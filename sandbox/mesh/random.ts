/** Random numbers from 0 up to 1, the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Chooses an index at random, in proportion to weights that are not negative and not all 0. */
export function sampleIndex(weights: readonly number[], random: () => number): number {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  let left = random() * sum
  for (const [index, weight] of weights.entries()) {
    left -= weight
    if (left < 0) return index
  }
  // A rounding error goes to the last index with a weight.
  return weights.findLastIndex((weight) => weight > 0)
}
