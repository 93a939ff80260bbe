import { ratioSteps } from '../numeric/likelihood-ratio.ts'
import { type Band, SAME_SHARE } from './band.ts'
import type { MarginTest } from './margin-tests.ts'

/**
 * After a write the gateway serves the old weights first. Where they lie beyond one edge and the
 * weights it turns to lie beyond the other, plain flags could latch one after the other although the
 * share was never inside the band. A guarded flag stakes the target against the likeliest of all
 * stories "old until some draw, the edge since", so it cannot be won by a change of sides.
 *
 * `observe` takes one draw; `logRatio` is ln(target's likelihood / that of the likeliest story).
 */
export type CrossingGuard = {
  observe(outcome: 'hit' | 'miss' | 'unclassified'): void
  logRatio(): number
}

/**
 * Whether a flag needs the guard: the old share lies at or beyond the opposite edge. Where the target
 * is 0 or 1 there is no opposite side (its flag does not exist), hence nothing to cross.
 */
export function crossesFrom(flag: MarginTest, band: Band, oldShare: number): boolean {
  if (band.share === 0 || band.share === 1) return false
  return flag.side === 'upper'
    ? oldShare <= band.low + SAME_SHARE
    : oldShare >= band.high - SAME_SHARE
}

export function crossingGuard(flag: MarginTest, share: number, oldShare: number): CrossingGuard {
  const margin = ratioSteps(flag.margin, share)
  const old = ratioSteps(oldShare, share)
  // A draw that cannot be told may have been either. The edge gains most if it was on the edge's
  // side, the old weights if it was on theirs; each story is given what serves it best.
  const step = {
    hit: { margin: margin.hit, old: old.hit },
    miss: { margin: margin.miss, old: old.miss },
    unclassified: { margin: Math.max(margin.hit, margin.miss), old: Math.max(old.hit, old.miss) },
  }
  // Both relative to the target's likelihood, as logarithms.
  let likeliestStory = 0
  let oldSoFar = 0
  return {
    observe(outcome) {
      oldSoFar += step[outcome].old
      likeliestStory = Math.max(likeliestStory + step[outcome].margin, oldSoFar)
    },
    logRatio: () => -likeliestStory,
  }
}
