import { judgedCutOffs } from './cut-offs.ts'
import { walk } from './exact-walk.ts'
import { type Cell, planOf, rulesOf, type Truth, truthsOf } from './grid.ts'

/** How one check ends where the first destination's true share is `truth`, with the cap that `auto` sets. */
export type Operation = {
  cell: Cell
  truth: Truth
  cap: number
  pass: number
  fail: number
  /** Part that the cap leaves undecided. */
  inconclusive: number
  mean: number
  p50: number
  p90: number
  p99: number
}

/** Rounding in the sums of some hundred million terms. */
const ROUNDING = 1e-9

/** The operating characteristic of one cell, at each of its truths: exact. */
export function operations(cell: Cell): Operation[] {
  const { cap } = planOf(cell)
  const cutOffs = judgedCutOffs(rulesOf(cell))
  return truthsOf(cell).map((truth) => {
    const { pass, offTarget, undecided, mean, quantile } = walk(cutOffs, truth.share, {
      samples: cap,
      undecided: 1e-9,
    })
    // Those that the cap leaves undecided used all of it.
    const within = (part: number) => quantile(part) ?? cap
    return {
      cell,
      truth,
      cap,
      pass,
      fail: offTarget,
      inconclusive: undecided,
      mean,
      p50: within(0.5),
      p90: within(0.9),
      p99: within(0.99),
    }
  })
}

/** What breaks a promise, in words; empty where all are kept. */
export function brokenGuarantees(all: readonly Operation[]): string[] {
  return all.flatMap(({ cell, truth, pass, fail }) => {
    const where = `target ${cell.target}, tolerance ${cell.tolerance}, error ${cell.error}, truth ${truth.share}`
    if (truth.promise === 'must not pass' && pass > cell.error + ROUNDING)
      return [`${where}: passes with chance ${pass}`]
    if (truth.promise === 'must not fail' && fail > cell.error + ROUNDING)
      return [`${where}: fails with chance ${fail}`]
    return []
  })
}
