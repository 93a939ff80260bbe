import type { Band } from './band.ts'
import { crossesFrom } from './crossing-guard.ts'
import { delayedStart, type Rejection, rejectAnywhere } from './delayed-start.ts'
import { type MarginTest, marginTests } from './margin-tests.ts'

/** A flag that must latch before a try passes, and how it does. */
export type PassTest = {
  flag: MarginTest
  band: Band
  rejection: Rejection
  /** The share before the write that the flag is guarded against, where it is. */
  guardedAgainst: number | undefined
}

/**
 * The flags of a try. A guarded one keeps its promise whenever the gateway turns to the new weights, so
 * it watches from the first draw on; the bound that a first look later rests on holds for shares that
 * stay beyond one edge.
 *
 * @param beta chance that a share out of its band passes
 * @param old shares with which the draws may begin; undefined where no draw can
 */
export function passTests(
  bands: readonly Band[],
  beta: number,
  old: readonly number[] | undefined,
): PassTest[] {
  return marginTests(bands).map((flag) => {
    const band = bands[flag.destination] ?? { share: 0, low: 0, high: 0 }
    const oldShare = old?.[flag.destination]
    return oldShare !== undefined && crossesFrom(flag, band, oldShare)
      ? { flag, band, rejection: rejectAnywhere(beta), guardedAgainst: oldShare }
      : { flag, band, rejection: delayedStart(flag, band, beta), guardedAgainst: undefined }
  })
}
