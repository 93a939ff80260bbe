import type { Cause, Evidence } from './diagnosis.ts'
import { fits } from './fits.ts'

type SameReply = Extract<Cause, { kind: 'same-reply' }>

/**
 * Destinations that may give another's reply, as where they run its image: none of their own replies came in the whole
 * run, and the others' fit the target once their share is counted there. One that gets at least half of its share, and
 * gives its own reply, is named with a chance of at most alpha.
 */
export function sameReplies(
  { target, elsewhere, attempts, alpha }: Evidence,
  counts: readonly number[],
): SameReply[] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  const weighted = target.filter((share) => share > 0).length
  const everywhere = [...attempts.map((one) => one.counts), elsewhere]
  const isMissing = (share: number, index: number) =>
    share > 0 &&
    everywhere.every((one) => (one[index] ?? 0) === 0) &&
    total * -Math.log(1 - share / 2) >= Math.log(weighted / alpha)
  return target.flatMap((share, destination) =>
    isMissing(share, destination)
      ? target.flatMap((_, like) =>
          like !== destination && fits(counts, merged(target, destination, like), alpha)
            ? [{ kind: 'same-reply', destination, like } as const]
            : [],
        )
      : [],
  )
}

/** The shares that are counted where replies of one destination count for another. */
function merged(target: readonly number[], from: number, into: number): number[] {
  return target.map((share, index) => {
    if (index === from) return 0
    return index === into ? share + (target[from] ?? 0) : share
  })
}
