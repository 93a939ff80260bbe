import { type Course, exactCourse, type Race } from './exact.ts'
import { HEALTH_SHARE, logFail, logPass } from './formulas.ts'

/** A limit of errors or slow replies, and the error of its test; shares. */
export type Cell = { limit: number; error: number }

export const GRID: readonly Cell[] = [0.001, 0.005, 0.01, 0.05, 0.2].flatMap((limit) =>
  [0.05, 0.01, 0.001].map((error) => ({ limit, error })),
)

export const QUICK: readonly Cell[] = [
  { limit: 0.05, error: 0.01 },
  { limit: 0.2, error: 0.05 },
]

export const USUAL: Cell = { limit: 0.01, error: 0.01 }

/** The test of a limit in a check without a write, where one weight is confirmed. */
export function raceOf({ limit, error }: Cell): Required<Race> {
  return {
    pass: { log: logPass(limit), level: Math.log(1 / error) },
    fail: { log: logFail(limit), level: Math.log(1 / (HEALTH_SHARE * error)) },
  }
}

/** True rates, in parts of the limit. */
export const PARTS = [0, 0.1, 0.25, 0.5] as const

export type Cost = {
  cell: Cell
  /** A sample of fixed size without an event, that is as certain. Nothing needs fewer samples. */
  fixed: number
  /** Mean samples until a pass at each of `PARTS`. */
  means: readonly number[]
  /** What 999 of 1,000 need at a quarter of the limit. */
  most: number
}

export function costOf(cell: Cell): Cost {
  const { pass } = raceOf(cell)
  const courses = PARTS.map((part) => exactCourse({ pass }, { rate: part * cell.limit }))
  return {
    cell,
    fixed: Math.ceil(Math.log(cell.error) / Math.log(1 - cell.limit)),
    means: courses.map(({ mean }) => mean),
    most: courses[2]?.passed999 ?? Number.NaN,
  }
}

/** How much of what is open at the end could still pass or fail: as good as nothing. */
const OPEN = 1e-6

/** The promises: at the limit and beyond it passes are rare, at the limit and below it fails are. */
export type Promised = {
  cell: Cell
  /** True rate in parts of the limit, the chance of a pass and the chance of a fail. */
  rates: readonly { part: number; pass: number; fail: number }[]
}

/**
 * At the limit itself some runs never end. Passes that come after sample N have a chance of at most the error times the
 * chance that a version at half of the limit is still undecided by then (a change of measure), and fails likewise. So the walk
 * is as long as those take.
 */
export function promisesOf(cell: Cell): Promised {
  const race = raceOf(cell)
  const decided = (only: Race, part: number) =>
    exactCourse(only, { rate: part * cell.limit, until: { open: OPEN, samples: 2_000_000 } })
      .samples
  const samples = Math.max(decided({ pass: race.pass }, 0.5), decided({ fail: race.fail }, 1.5))
  const rates = [0.5, 1, 1.5].map((part) => {
    const until = { open: OPEN, samples }
    const rate = part * cell.limit
    // Each alone: a pass does not end the test that may fail.
    const { pass } = exactCourse({ pass: race.pass }, { rate, until })
    const { fail } = exactCourse({ fail: race.fail }, { rate, until })
    return { part, pass, fail }
  })
  return { cell, rates }
}

export function brokenLimits(all: readonly Promised[]): string[] {
  return all.flatMap(({ cell, rates }) =>
    rates.flatMap(({ part, pass, fail }) => {
      const what = `limit ${cell.limit}, error ${cell.error}, true rate ${part} of the limit:`
      return [
        ...(part >= 1 && pass > cell.error ? [`${what} passes with a chance of ${pass}`] : []),
        ...(part <= 1 && fail > HEALTH_SHARE * cell.error
          ? [`${what} fails with a chance of ${fail}`]
          : []),
      ]
    }),
  )
}

/** Mean samples that a good implementation needs, from the design of the test: reproduced or beaten. */
const DESIGNED: readonly (readonly [Cell, readonly number[]])[] = [
  [{ limit: 0.01, error: 0.05 }, [327, 466, 814, 2599]],
  [{ limit: 0.01, error: 0.01 }, [496, 717, 1249, 3842]],
  [{ limit: 0.01, error: 0.001 }, [734, 1077, 1865, 5518]],
  [{ limit: 0.001, error: 0.01 }, [4978, 7201, 12_565, 38_699]],
  [{ limit: 0.05, error: 0.01 }, [97, 140, 243, 743]],
]

export function brokenCosts(all: readonly Cost[]): string[] {
  return all.flatMap(({ cell, fixed, means }) => {
    const designed = DESIGNED.find(([one]) => one.limit === cell.limit && one.error === cell.error)
    const dear = designed?.[1].some((most, i) => Math.round(means[i] ?? 0) > most) ?? false
    const impossible = (means[0] ?? 0) < fixed
    const what = `limit ${cell.limit}, error ${cell.error}:`
    return [
      ...(dear ? [`${what} takes ${means.join(', ')} samples, more than designed`] : []),
      ...(impossible ? [`${what} passes by fewer samples than can show the limit`] : []),
    ]
  })
}

export type Chance = { rate: number; course: Course }

/** What becomes of a version with this limit, by its true rate, with at most so many samples. */
export function chancesOf(cell: Cell, rates: readonly number[], samples: number): Chance[] {
  return rates.map((rate) => ({
    rate,
    course: exactCourse(raceOf(cell), { rate, until: { open: 1e-9, samples } }),
  }))
}
