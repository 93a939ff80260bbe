/** What a place had in one block: by outcome. */
export type BlockCounts = readonly number[]

/** ln of the evidence that two places differ. */
export type PairEvidence = {
  /**
   * Takes what both places had in a block. How many samples a block has of each place is fixed before.
   *
   * @param rates what each place had before that block, as rates
   */
  observe(
    blocks: readonly [BlockCounts, BlockCounts],
    rates: readonly [BlockCounts, BlockCounts],
  ): void
  logEvidence(): number
}

/**
 * The evidence of a block is the likelihood of what both places had, each by its own rates, against that by the rates of both
 * together. The rates are estimated from the blocks before. Whatever outcomes both places have in common, its mean is at most 1,
 * as the geometric mean of the factors of a block is at most their arithmetic mean, which is 1 (Turner, Ly and Grünwald, Generic
 * E-variables for exact sequential k-sample tests, 2024). So the product over blocks is a supermartingale: it ever reaches 1/a
 * with a chance of at most a, whenever the test is ended, and also if the common rates change from block to block.
 */
export function startPairEvidence(): PairEvidence {
  let log = 0
  return {
    observe([first, second], [ofFirst, ofSecond]) {
      const n = sum(first)
      const m = sum(second)
      for (let outcome = 0; outcome < first.length; outcome++) {
        const a = first[outcome] ?? 0
        const b = second[outcome] ?? 0
        if (a + b === 0) continue
        const rateA = ofFirst[outcome] ?? 0
        const rateB = ofSecond[outcome] ?? 0
        const common = (n * rateA + m * rateB) / (n + m)
        if (a > 0) log += a * Math.log(rateA / common)
        if (b > 0) log += b * Math.log(rateB / common)
      }
    },
    logEvidence: () => log,
  }
}

function sum(counts: BlockCounts): number {
  let all = 0
  for (let i = 0; i < counts.length; i++) all += counts[i] ?? 0
  return all
}
