/**
 * Whether a last try that failed looks as if the gateway never acted on the write: every destination's
 * old share lies in the interval that was measured for it.
 *
 * @param intervals [low, high] of each destination, as shares
 * @param old shares before the write
 */
export function looksUnpropagated(
  intervals: readonly (readonly [low: number, high: number])[],
  old: readonly number[],
): boolean {
  return (
    old.length === intervals.length &&
    intervals.every(([low, high], i) => {
      const share = old[i]
      return share !== undefined && low <= share && share <= high
    })
  )
}
