/**
 * The number of hits among n draws, as a walk over a row of cells. Every `drawsPerStep` draws the mass
 * of a cell spreads: part `up` to the next cell, part `down` to the one before, the rest stays.
 *
 * `exact` is the binomial walk itself: a cell a number of hits, a step a draw. `coarse` is Brownian
 * motion of the same variance with many draws a step: a trinomial walk whose first five moments are a
 * normal's, around a centre that moves along with the expected number of hits.
 */
export type LatticeWalk = {
  kind: 'exact' | 'coarse'
  /** Share of draws that are hits, strictly between 0 and 1. */
  share: number
  drawsPerStep: number
  up: number
  down: number
  cells: number
  startCell: number
  /** Distance between neighbouring cells, in hits. */
  spacing: number
  /** How far, in cells, the true walk overshoots a line on average when it crosses it; Brownian motion does not. */
  overshoot: { up: number; down: number }
  /** Hits that a cell stands for, 0 to `draws`; a fraction on a coarse walk. */
  hitsAt(cell: number, draws: number): number
  /** The place of so many hits among the cells, a fraction on a coarse walk. */
  placeOf(hits: number, draws: number): number
}

export function exactWalk(share: number, mostDraws: number): LatticeWalk {
  return {
    kind: 'exact',
    share,
    drawsPerStep: 1,
    up: share,
    down: 0,
    cells: mostDraws + 2,
    startCell: 0,
    spacing: 1,
    overshoot: { up: 0, down: 0 },
    hitsAt: (cell) => cell,
    placeOf: (hits) => hits,
  }
}

/** Standard deviations to either side that a coarse walk has room for; less than 1e-7 lies beyond. */
const ROOM = 5.5

export function coarseWalk(share: number, drawsPerStep: number, mostSteps: number): LatticeWalk {
  const spacing = Math.sqrt(3 * drawsPerStep * share * (1 - share))
  const reach = Math.ceil(ROOM * Math.sqrt(mostSteps / 3)) + 2
  const overshoot = hitsOvershot(share)
  return {
    kind: 'coarse',
    share,
    drawsPerStep,
    up: 1 / 6,
    down: 1 / 6,
    cells: 2 * reach + 1,
    startCell: reach,
    spacing,
    overshoot: { up: overshoot.up / spacing, down: overshoot.down / spacing },
    hitsAt: (cell, draws) => Math.min(draws, Math.max(0, draws * share + (cell - reach) * spacing)),
    placeOf: (hits, draws) => reach + (hits - draws * share) / spacing,
  }
}

/** Mean overshoot of a walk with normal steps, in standard deviations (Siegmund 1985, chapter 10). */
const NORMAL_OVERSHOOT = 0.5826

/**
 * Mean overshoot of the binomial walk across a line, in hits. That upwards exceeds that downwards by
 * a third of E X^3 / Var X = 1 - 2 share; for normal steps both are .5826 standard deviations. Between
 * rare hits (big steps up, tiny ones down) and the normal case the sum of the two is taken as the
 * hypotenuse, which is right at either end.
 */
export function hitsOvershot(share: number): { up: number; down: number } {
  const difference = (1 - 2 * share) / 3
  const sum = Math.hypot(2 * NORMAL_OVERSHOOT * Math.sqrt(share * (1 - share)), difference)
  return { up: (sum + difference) / 2, down: (sum - difference) / 2 }
}
