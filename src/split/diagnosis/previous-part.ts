import { times } from '../numeric/likelihood-ratio.ts'
import { logAverageLikelihood } from './fits.ts'

/** An estimate of a share between 0 and 1, with an interval that holds at any moment. */
export type Part = { share: number; low: number; high: number }

const HALVINGS = 40

/**
 * Which part of the connections was still split by the previous weights, if the others were split by the new ones: as where
 * some replicas of a gateway have not followed. The likeliest part, and all parts that the connections do not refute.
 * undefined where every part is refuted, or the weights are the same.
 *
 * @param alpha chance that the interval does not hold the true part, if there is one
 */
export function previousPart(
  counts: readonly number[],
  { old, target }: { old: readonly number[]; target: readonly number[] },
  alpha: number,
): Part | undefined {
  if (target.every((share, index) => share === old[index])) return undefined
  const logLikelihood = (part: number) =>
    counts.reduce((sum, count, index) => {
      const share = part * (old[index] ?? 0) + (1 - part) * (target[index] ?? 0)
      return sum + times(count, Math.log(share))
    }, 0)
  const least = logAverageLikelihood(counts) - Math.log(1 / alpha)
  const held = (part: number) => logLikelihood(part) > least
  const share = likeliest(logLikelihood)
  if (!held(share)) return undefined
  return { share, low: margin(share, 0, held), high: margin(share, 1, held) }
}

/** Where a concave function on [0, 1] is largest. */
function likeliest(value: (at: number) => number): number {
  let low = 0
  let high = 1
  for (let i = 0; i < HALVINGS; i++) {
    const third = (high - low) / 3
    // At 0 and 1 both values may be -Infinity together only outside of [low, high]'s inner thirds.
    if (value(low + third) < value(high - third)) low += third
    else high -= third
  }
  const middle = (low + high) / 2
  return [0, 1, middle].reduce((best, at) => (value(at) > value(best) ? at : best), middle)
}

/** The last point that is held on the way from one that is to an end. */
function margin(from: number, end: number, held: (at: number) => boolean): number {
  if (held(end)) return end
  let inside = from
  let outside = end
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (inside + outside) / 2
    if (held(middle)) inside = middle
    else outside = middle
  }
  return outside
}
