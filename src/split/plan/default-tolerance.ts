const WIDEST = 0.05

/**
 * The tolerance, as a share, of each destination where the user names none: 5 points, but no more than its target share
 * (so a destination that gets nothing cannot pass) and no more than the largest change of the write (so a gateway that
 * still serves the previous weights cannot pass).
 *
 * @param old shares before the write; undefined where nothing was written
 */
export function defaultTolerance(
  target: readonly number[],
  old: readonly number[] | undefined,
): number[] {
  const largestMove = Math.max(
    0,
    ...target.map((share, i) => Math.abs(share - (old?.[i] ?? share))),
  )
  return target.map((share) => {
    const limits = [WIDEST, share, largestMove].filter((limit) => limit > 0)
    return withoutRoundingError(Math.min(...limits))
  })
}

/** 0.21 - 0.2 is meant to be 0.01. */
function withoutRoundingError(share: number): number {
  return Math.round(share * 1e12) / 1e12
}
