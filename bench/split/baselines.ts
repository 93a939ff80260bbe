import { sequenceCutOffs } from './confidence-sequence.ts'
import type { ExactAttempt } from './exact-attempt.ts'
import { walk } from './exact-walk.ts'
import { fixedSizePasses, leastFixedSize } from './fixed-size.ts'
import { type Cell, planOf, truthsOf } from './grid.ts'

/** A sequential rule at work on one cell: on target, and the most that a share out of its band passes. */
export type Measured = { mean: number; p90: number; passOnTarget: number; passBeyond: number }

/** Both sequential rules run on until next to nothing is undecided, so that neither has a cap to its name. */
const UNDECIDED = 1e-6
const MOST_SAMPLES = 2_000_000

/** A fixed number of connections: on target it passes with this power, at a margin with `passBeyond` at most. */
export type MeasuredFixed = { samples: number; passBeyond: number }

export function measureFixed(cell: Cell, power: number): MeasuredFixed {
  const fixed = leastFixedSize(cell, power)
  const passBeyond = Math.max(...marginsOf(cell).map((margin) => fixedSizePasses(fixed, margin)))
  return { samples: fixed.samples, passBeyond }
}

/** Tuned to our own mean, near which its own mean is least. */
export function measureSequence(cell: Cell): Measured {
  const cutOffs = sequenceCutOffs(cell, planOf(cell).mean)
  const at = (truth: number): ExactAttempt =>
    walk(cutOffs, truth, { undecided: UNDECIDED, samples: MOST_SAMPLES })
  const onTarget = at(cell.target)
  return {
    mean: onTarget.mean,
    p90: onTarget.quantile(0.9) ?? MOST_SAMPLES,
    passOnTarget: onTarget.pass,
    passBeyond: Math.max(...marginsOf(cell).map((margin) => at(margin).pass)),
  }
}

export function marginsOf(cell: Cell): number[] {
  return truthsOf(cell)
    .filter(({ name }) => name === 'lower margin' || name === 'upper margin')
    .map(({ share }) => share)
}
