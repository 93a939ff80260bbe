import { firstAtMost } from '../numeric/first-at-most.ts'
import { bandsOf } from './band.ts'
import { edgeFlags } from './edge-flags.ts'
import { latchAnywhere } from './first-look.ts'
import type { TryRules } from './try-rules.ts'

/**
 * Draws until the flags of the destinations with share 0 or 1 have latched where the shares are the
 * target: there chance has no say. At least 1.
 */
export function certainDraws(rules: Pick<TryRules, 'target' | 'tolerance' | 'beta'>): number {
  const { level } = latchAnywhere(rules.beta)
  const bands = bandsOf(rules.target, rules.tolerance)
  const certain = edgeFlags(bands).filter(({ destination }) => {
    const share = bands[destination]?.share
    return share === 0 || share === 1
  })
  const latchedBy = (draws: number) =>
    certain.every(
      (flag) => flag.logRatio(draws, draws * (bands[flag.destination]?.share ?? 0)) >= level,
    )
  let beyond = 1
  while (!latchedBy(beyond)) beyond *= 2
  return firstAtMost((draws) => (latchedBy(draws) ? 0 : 1), 0, beyond)
}
