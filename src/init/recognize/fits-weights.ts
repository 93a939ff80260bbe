/** A split by the weights has so few or so many replies of one version at most once in this many looks. */
const LOOKS = 1000

/** Whether the numbers of replies may come from a split by these shares, from 0 to 1. */
export function fitsWeights(counts: readonly number[], shares: readonly number[]): boolean {
  const replies = counts.reduce((sum, count) => sum + count, 0)
  return counts.every((count, index) => {
    const share = shares[index] ?? 0
    return (
      Math.min(atMost(count, replies, share), atMost(replies - count, replies, 1 - share)) >=
      1 / (2 * LOOKS)
    )
  })
}

/** The chance of at most `count` of so many, each with this chance. */
function atMost(count: number, replies: number, share: number): number {
  if (share <= 0) return 1
  if (share >= 1) return count >= replies ? 1 : 0
  let chance = (1 - share) ** replies
  let sum = chance
  for (let k = 1; k <= count; k += 1) {
    chance *= ((replies - k + 1) / k) * (share / (1 - share))
    sum += chance
  }
  return sum
}
