import { type Problem, warning } from '../../problem/problem.ts'
import { bandsOf, SAME_SHARE } from '../../split/judge/band.ts'
import type { Check } from '../model/check.ts'
import { percentsOf, percentsText } from '../model/percents.ts'

/**
 * A warning if the tolerance that the user gave includes the weights from before a write: such a check passes on a
 * gateway that does not use the new weights. The default tolerance never does.
 */
export function findWideTolerance(checks: readonly Check[]): Problem[] {
  const wide = checks.filter(includesPreviousWeights)
  if (wide.length === 0) return []
  const weights = wide.map(({ names, target }) => percentsText(percentsOf(names, target)))
  const changes = wide.map(largestChange)
  // Rounded up it would include them again; the small addition is for what a subtraction loses.
  const points = Math.floor(Math.min(...changes) * 1e4 + SAME_SHARE) / 100
  return [
    warning(
      'ITS-TOLERANCE-TOO-WIDE',
      `tolerance is so wide that it includes the weights from before the write. A pass does not show that the gateway uses ${weights.join('; ')}.`,
      `Set tolerance to at most ${points}, the largest change of the write, or leave it out.`,
    ),
  ]
}

function includesPreviousWeights({ target, tolerance, old }: Check): boolean {
  if (old === undefined) return false
  return bandsOf(target, tolerance).every(({ share, low, high }, index) => {
    const before = old[index] ?? share
    // A band that reaches 0 or 1 ends before it, except at the share that is asked for.
    if (Math.abs(before - share) < SAME_SHARE) return true
    return before > low + SAME_SHARE && before < high - SAME_SHARE
  })
}

function largestChange({ target, old }: Check): number {
  return Math.max(...target.map((share, index) => Math.abs(share - (old?.[index] ?? share))))
}
