import { ratioSteps } from '../numeric/likelihood-ratio.ts'
import { type Band, SAME_SHARE } from './band.ts'
import type { MarginTest } from './margin-tests.ts'

/**
 * After a write the gateway serves the previous weights first. Where they lie beyond one margin, and the weights that it
 * switches to lie beyond the other, plain margin tests could reject one after the other although the share was never
 * inside the band. A guarded test compares the target with the likeliest of all alternatives "previous weights until some
 * sample, the margin since", so a change of sides cannot make it reject.
 *
 * `observe` takes one sample. `logRatio` is ln(likelihood of the target / likelihood of the likeliest alternative).
 */
export type CrossingGuard = {
  observe(outcome: 'hit' | 'miss' | 'unclassified'): void
  logRatio(): number
}

/**
 * Whether a test needs the guard: the old share lies at or beyond the opposite margin. Where the target is 0 or 1 there is
 * no opposite side (its test does not exist), so there is nothing to cross.
 */
export function crossesFrom(test: MarginTest, band: Band, oldShare: number): boolean {
  if (band.share === 0 || band.share === 1) return false
  return test.side === 'upper'
    ? oldShare <= band.low + SAME_SHARE
    : oldShare >= band.high - SAME_SHARE
}

export function crossingGuard(test: MarginTest, share: number, oldShare: number): CrossingGuard {
  const margin = ratioSteps(test.margin, share)
  const old = ratioSteps(oldShare, share)
  // An unclassified sample may have been either. The margin gains most if it was on the margin's
  // side, the previous weights if it was on theirs; each story is given what serves it best.
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
