import type { LatticeWalk } from './lattice-walk.ts'

/** A function of how many draws there were and how many of them were hits. */
export type OfCounts = (draws: number, hits: number) => number

/** 1: it is reached in cells from some cell upwards; -1: downwards. */
export type Direction = 1 | -1

/** `cell` and all further cells lie beyond; the one before keeps the part `stay` of its mass. */
export type Barrier = { cell: number; stay: number }

/**
 * Where in a row of cells a function reaches a value. A step ago it was reached near by, so the search
 * starts `near` there.
 *
 * @param band the cells that hold mass; the barrier is sought among them and their neighbours
 */
export function findBarrier(
  walk: LatticeWalk,
  draws: number,
  band: { first: number; last: number },
  value: OfCounts,
  wanted: number,
  direction: Direction,
  near: number,
): Barrier {
  const at = (cell: number) => value(draws, walk.hitsAt(cell, draws))
  const within = (cell: number) => cell >= band.first && cell <= band.last
  let cell = Math.min(band.last + 1, Math.max(band.first - 1, near))
  while (within(cell - direction) && at(cell - direction) >= wanted) cell -= direction
  while (within(cell) && at(cell) < wanted) cell += direction
  if (walk.kind === 'exact') return { cell, stay: 1 }

  const before = at(cell - direction)
  const part = (wanted - before) / (at(cell) - before)
  const overshoot = direction === 1 ? walk.overshoot.up : walk.overshoot.down
  const distance = (part >= 0 && part <= 1 ? part : 1) + overshoot
  const whole = Math.floor(distance)
  const rest = distance - whole
  // Near a barrier the mass falls in a straight line to 0. It does so at distance `rest` beyond a cell
  // if that cell keeps this part of what arrives in it.
  return { cell: cell + direction * whole, stay: (6 * rest) / (1 + 5 * rest) }
}
