import type { Band } from './band.ts'
import { crossesFrom } from './crossing-guard.ts'
import { delayedStart, type Rejection, rejectAnywhere } from './delayed-start.ts'
import { type MarginTest, marginTests } from './margin-tests.ts'

/** A margin test that must reject before an attempt passes, and when it does. */
export type PassTest = {
  test: MarginTest
  band: Band
  rejection: Rejection
  /** The share before the write that the margin test is guarded against, where it is. */
  guardedAgainst: number | undefined
}

/**
 * The margin tests of an attempt. A guarded test holds its error at whatever moment the gateway switches to the new
 * weights, so it starts with the first sample. The bound of a delayed start is valid only for shares that stay beyond one
 * margin.
 *
 * @param beta chance that a share out of its band passes
 * @param old shares with which the samples may begin; undefined where none can
 */
export function passTests(
  bands: readonly Band[],
  beta: number,
  old: readonly number[] | undefined,
): PassTest[] {
  return marginTests(bands).map((test) => {
    const band = bands[test.destination] ?? { share: 0, low: 0, high: 0 }
    const oldShare = old?.[test.destination]
    return oldShare !== undefined && crossesFrom(test, band, oldShare)
      ? { test, band, rejection: rejectAnywhere(beta), guardedAgainst: oldShare }
      : { test, band, rejection: delayedStart(test, band, beta), guardedAgainst: undefined }
  })
}
