import { bestSwap, type Swap, swapThreshold } from '../../split/diagnosis/swapped-shares.ts'
import type { ReplyCounts } from '../../split/judge/unanswered-destinations.ts'

/** Connections that preflight makes at first, and at most where these leave something unclear. */
export const FIRST_CONNECTIONS = 10
export const MOST_CONNECTIONS = 100
/** For those beyond the first, in milliseconds, and no more than this part of `timeout`. */
const LONGEST_SAMPLING_MS = 5000
const PART_OF_TIMEOUT = 0.05

export function longestSamplingMs(timeoutMs: number): number {
  return Math.min(LONGEST_SAMPLING_MS, PART_OF_TIMEOUT * timeoutMs)
}

/** A run whose weights are as the object says is stopped by chance no more often than this, by each of these rules. */
export const FALSE_STOP = 1e-4
/** What is less likely than this is worth a warning. */
const UNLIKELY = 0.05
/** A swap of which so little likelihood is left is out of the question. */
const NO_SWAP = Math.log(0.02)

/** A destination with weight that answered nothing. */
export type UnansweredDestination = {
  index: number
  /** The chance that one with this weight gets none of so many connections. */
  chance: number
  /** So unlikely that a run may be stopped for it. */
  shown: boolean
}

/** Destinations that had a share and answered so little that it is unlikely to be chance. */
export function unansweredDestinations(
  answered: ReplyCounts,
  shares: readonly number[],
): UnansweredDestination[] {
  const connections = connectionsOf(answered)
  const weighted = shares.filter((share) => share > 0).length
  return shares.flatMap((share, index) => {
    if (share === 0 || (answered.counts[index] ?? 0) > 0) return []
    const chance = (1 - share) ** connections
    return chance <= UNLIKELY ? [{ index, chance, shown: chance <= FALSE_STOP / weighted }] : []
  })
}

/**
 * The swap of destinations in `expect` that the replies show, even if each lost connection went to the
 * destination that answered too little; undefined where they show none.
 */
export function shownSwap(
  { counts, unclassified }: ReplyCounts,
  shares: readonly number[],
): Swap | undefined {
  const swap = bestSwap(counts, shares, unclassified)
  if (swap === undefined || !swap.fits) return undefined
  return swap.logRatio >= swapThreshold(shares, FALSE_STOP) ? swap : undefined
}

/** What the connections before the write are made for. */
export type SamplingTask = {
  /** What the object gives each destination; sum 1. */
  shares: readonly number[]
  /** The fewest connections that tell how long one takes. */
  least: number
  /** No more than the first ones where nothing is written. */
  most: number
}

/**
 * Whether the connections so far say enough: every destination with weight answered, none was lost, and the
 * replies come as the weights say. Else more are made.
 */
export function isEnough(answered: ReplyCounts, { shares, least, most }: SamplingTask): boolean {
  const connections = connectionsOf(answered)
  if (connections >= most) return true
  if (answered.counts.every((count) => count === 0)) return connections >= FIRST_CONNECTIONS
  if (shownSwap(answered, shares) !== undefined) return true
  const swap = bestSwap(answered.counts, shares, answered.unclassified)
  // Of shares that are nearly alike even the most connections would tell nothing.
  const telling = swap !== undefined && swap.perSample * most < NO_SWAP
  if (telling && swap.logRatio > NO_SWAP) return false
  if (connections < least) return false
  const unanswered = shares.filter((share, i) => share > 0 && (answered.counts[i] ?? 0) === 0)
  if (unanswered.length === 0) return answered.unclassified === 0
  if (connections < FIRST_CONNECTIONS) return false
  const unlikely = unansweredDestinations(answered, shares)
  if (unlikely.some(({ shown }) => shown)) return true
  // Of a share so small even the most connections would say nothing.
  const hopeless = unanswered.every((share) => (1 - share) ** most > UNLIKELY)
  return hopeless && answered.unclassified === 0
}

export function connectionsOf({ counts, unclassified }: ReplyCounts): number {
  return counts.reduce((sum, count) => sum + count, unclassified)
}
