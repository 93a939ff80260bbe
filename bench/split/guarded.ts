import { spentShare } from '../../src/split/judge/error-spending.ts'
import { planConnections } from '../../src/split/plan/plan-connections.ts'
import { exactGuardedAttempt } from './exact-guarded-attempt.ts'
import { type Cell, rulesOf, type Truth, truthsOf } from './grid.ts'

/** Writes that take a share up from 0, where the guard can be computed exactly. */
const GUARDED: readonly Cell[] = [
  { target: 0.05, tolerance: 0.05, error: 0.01 },
  { target: 0.2, tolerance: 0.05, error: 0.01 },
  { target: 0.5, tolerance: 0.05, error: 0.01 },
]
/** Samples that the gateway is late. */
const LATE = [0, 10, 20]

export type Guarded = {
  cell: Cell
  late: number
  truth: Truth
  pass: number
  fail: number
  inconclusive: number
  mean: number
}

/** The first attempt after a write from 0, with its own part of the error. */
export function guardedOperations(cells: readonly Cell[] = GUARDED): Guarded[] {
  return cells.flatMap((cell) => {
    const beta = cell.error * spentShare(1, 'early')
    const rules = { ...rulesOf(cell), old: [0, 1], beta }
    const cap = planConnections({ ...rules, guardCrossing: true }).p999
    return LATE.flatMap((late) =>
      truthsOf(cell).map((truth) => {
        const { pass, offTarget, undecided, mean } = exactGuardedAttempt(rules, truth.share, {
          late,
          cap,
        })
        return { cell, late, truth, pass, fail: offTarget, inconclusive: undecided, mean }
      }),
    )
  })
}

/** What breaks a promise, in words. */
export function brokenByGuarded(all: readonly Guarded[]): string[] {
  return all.flatMap(({ cell, late, truth, pass, fail }) => {
    const where = `0 to ${cell.target}, ${late} draws late, truth ${truth.share}`
    const beta = cell.error * spentShare(1, 'early')
    if (truth.promise === 'must not pass' && pass > beta)
      return [`${where}: passes with chance ${pass}`]
    // Old samples may fail an early attempt; only without them is the target promised not to.
    if (truth.promise === 'must not fail' && late === 0 && fail > cell.error)
      return [`${where}: fails with chance ${fail}`]
    return []
  })
}
