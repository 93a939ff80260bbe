import { asked, percent, type TextTable, whole } from '../../kit/bench/split/text-table.ts'
import { measureFixed, measureSequence } from './baselines.ts'
import { exactAttempt, exactAttemptFromFirstSample } from './exact-attempt.ts'
import { type Cell, rulesOf } from './grid.ts'
import type { Guarded } from './guarded.ts'
import type { Operation } from './operating.ts'
import { leastMean } from './optimum.ts'

/** The table that the documents show: what one check takes on target by each rule. */
export function coreTable(cells: readonly Cell[], operations: readonly Operation[]): TextTable {
  return {
    title: 'One check on target: connections by rule',
    explained:
      'All exact. Mean (90% need at most); "minimum" is a lower bound for every rule that errs as rarely, "immediate start" this tool without its delayed start. Worst errors: at a margin, on target.',
    headings: [
      'target',
      'tolerance',
      'error',
      'this tool',
      'minimum',
      'above it',
      'immediate start',
      'interval',
      'fixed, 95% power',
      'fixed, 99% power',
      'wrongly passed',
      'wrongly failed',
    ],
    rows: cells.map((cell) => {
      const ours = exactAttempt(rulesOf(cell), cell.target)
      const sequence = measureSequence(cell)
      const least = leastMean(cell)
      const own = operations.filter((one) => sameCell(one.cell, cell))
      return [
        `${asked(cell.target)}%`,
        asked(cell.tolerance),
        `${asked(cell.error)}%`,
        `${whole(ours.mean)} (${whole(ours.quantile(0.9) ?? Number.NaN)})`,
        whole(least),
        `${((ours.mean / least - 1) * 100).toFixed(1)}%`,
        whole(exactAttemptFromFirstSample(rulesOf(cell), cell.target).mean),
        `${whole(sequence.mean)} (${whole(sequence.p90)})`,
        whole(measureFixed(cell, 0.95).samples),
        whole(measureFixed(cell, 0.99).samples),
        percent(worst(own, 'must not pass')),
        percent(worst(own, 'must not fail')),
      ]
    }),
  }
}

export function operationsTable(operations: readonly Operation[]): TextTable {
  return {
    title: 'Operating characteristic, two destinations, one attempt',
    explained:
      'Exact. cap: what `connections: auto` allows; those undecided then are inconclusive. Margins and beyond must not pass, the target must not fail, more often than the error.',
    headings: [
      'target +- tolerance, error',
      'truth',
      'share',
      'pass',
      'fail',
      'inconclusive',
      'mean',
      '50%',
      '90%',
      '99%',
      'cap',
    ],
    rows: operations.map(({ cell, truth, pass, fail, inconclusive, mean, p50, p90, p99, cap }) => [
      nameOf(cell),
      truth.name,
      `${asked(truth.share)}%`,
      percent(pass),
      percent(fail),
      percent(inconclusive),
      whole(mean),
      whole(p50),
      whole(p90),
      whole(p99),
      whole(cap),
    ]),
  }
}

/** Of all cells, by rule, without the caps. */
export function baselinesTable(
  cells: readonly Cell[],
  operations: readonly Operation[],
): TextTable {
  return {
    title: 'The same cells by other rules',
    explained:
      'Exact. Mean connections on target, and the most that a share at a margin passes. "fixed" takes its number whatever the truth; ours and the interval stop early on a wrong split too.',
    headings: [
      'target +- tolerance, error',
      'this tool',
      'passes at the margin',
      'interval',
      'passes at the margin',
      'fixed 95%',
      'passes at the margin',
      'fixed 99%',
      'passes at the margin',
    ],
    rows: cells.map((cell) => {
      const own = operations.filter((one) => sameCell(one.cell, cell))
      const sequence = measureSequence(cell)
      const usual = measureFixed(cell, 0.95)
      const strong = measureFixed(cell, 0.99)
      const onTarget = own.find(({ truth }) => truth.name === 'target')
      return [
        nameOf(cell),
        whole(onTarget?.mean ?? Number.NaN),
        percent(worst(own, 'must not pass')),
        whole(sequence.mean),
        percent(sequence.passBeyond),
        whole(usual.samples),
        percent(usual.passBeyond),
        whole(strong.samples),
        percent(strong.passBeyond),
      ]
    }),
  }
}

export function guardedTable(all: readonly Guarded[]): TextTable {
  return {
    title: 'The guarded first attempt after a write from 0',
    explained:
      'Exact. It may spend .7 of the error on passing. late: samples at the start that still see the previous weights; a fail here is followed by another attempt.',
    headings: [
      '0 to target, error',
      'late',
      'truth',
      'share',
      'pass',
      'fail',
      'inconclusive',
      'mean',
    ],
    rows: all.map(({ cell, late, truth, pass, fail, inconclusive, mean }) => [
      nameOf(cell),
      `${late}`,
      truth.name,
      `${asked(truth.share)}%`,
      percent(pass),
      percent(fail),
      percent(inconclusive),
      whole(mean),
    ]),
  }
}

function worst(operations: readonly Operation[], promise: Operation['truth']['promise']): number {
  const of = operations.filter(({ truth }) => truth.promise === promise)
  return Math.max(...of.map(({ pass, fail }) => (promise === 'must not pass' ? pass : fail)))
}

function sameCell(one: Cell, other: Cell): boolean {
  return (
    one.target === other.target && one.tolerance === other.tolerance && one.error === other.error
  )
}

function nameOf({ target, tolerance, error }: Cell): string {
  return `${asked(target)} +-${asked(tolerance)}, ${asked(error)}%`
}
