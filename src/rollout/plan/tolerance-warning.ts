import { type Problem, warning } from '../../problem/problem.ts'
import { bandsOf, SAME_SHARE } from '../../split/judge/band.ts'
import type { Check } from '../model/check.ts'
import { percentsOf, percentsText } from '../model/percents.ts'

/**
 * A warning where the tolerance that the user gave holds the weights from before a write too: such a
 * check passes on a gateway that has not acted on it. The default tolerance never does.
 */
export function findWideTolerance(checks: readonly Check[]): Problem[] {
  const held = checks.filter(holdsOldWeights)
  if (held.length === 0) return []
  const weights = held.map(({ names, target }) => percentsText(percentsOf(names, target)))
  const moves = held.map(largestMove)
  // Rounded up it would hold them again; the little more is for what a subtraction loses.
  const points = Math.floor(Math.min(...moves) * 1e4 + SAME_SHARE) / 100
  return [
    warning(
      'ITS-PREFLIGHT',
      `tolerance is so wide that it holds the weights from before the write too: a pass does not show that the gateway acts on ${weights.join('; ')}`,
      `Give a tolerance of ${points} at most, the write's largest move, or leave it out.`,
    ),
  ]
}

function holdsOldWeights({ target, tolerance, old }: Check): boolean {
  if (old === undefined) return false
  return bandsOf(target, tolerance).every(({ share, low, high }, index) => {
    const before = old[index] ?? share
    // A band that reaches 0 or 1 ends before it, except at the share that is asked for.
    if (Math.abs(before - share) < SAME_SHARE) return true
    return before > low + SAME_SHARE && before < high - SAME_SHARE
  })
}

function largestMove({ target, old }: Check): number {
  return Math.max(...target.map((share, index) => Math.abs(share - (old?.[index] ?? share))))
}
