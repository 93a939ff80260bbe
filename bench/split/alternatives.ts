import { type TextTable, whole } from '../../kit/bench/split/text-table.ts'
import { type Band, bandsOf } from '../../src/split/judge/band.ts'
import {
  delayedStart,
  type Rejection,
  rejectAnywhere,
} from '../../src/split/judge/delayed-start.ts'
import { marginTests } from '../../src/split/judge/margin-tests.ts'
import type { PassTest } from '../../src/split/judge/pass-tests.ts'
import { judgedCutOffs } from './cut-offs.ts'
import { walk } from './exact-walk.ts'
import { type Cell, rulesOf } from './grid.ts'
import { leastMean } from './optimum.ts'

/** Where the numerators lie: so much of the tolerance inside the target. */
const INSIDE = [0.05, 0.1]

/** Alternatives to the pass test, with the exact mean where the split is right. */
export function alternativesTable(cell: Cell): TextTable {
  const { error } = cell
  const atOnce = () => rejectAnywhere(error)
  const delayed = ({ test, band }: Unrejected) => delayedStart(test, band, error)
  const [little = 0, more = 0] = INSIDE
  const rows: [string, number][] = [
    ['margin tests at 1/error from the first sample on', meanOf(cell, 0, atOnce)],
    ['levels lowered to where the error is reached exactly', meanOf(cell, 0, exactLevel(cell))],
    [`numerators ${more} of the tolerance inside the target`, meanOf(cell, more, atOnce)],
    ['**delayed start**', meanOf(cell, 0, delayed)],
    [`delayed start, numerators ${little} inside`, meanOf(cell, little, delayed)],
    ['minimum of any rule that can only pass', leastMean({ ...cell, mayGiveUp: false })],
    ['minimum of any rule', leastMean(cell)],
  ]
  return {
    title: 'Alternative rules',
    explained: 'Exact. Mean connections where the split is right.',
    headings: ['rule', 'mean'],
    rows: rows.map(([name, mean]) => [name, whole(mean)]),
  }
}

type Unrejected = Pick<PassTest, 'test' | 'band'>

function meanOf(cell: Cell, inside: number, rejectionOf: (one: Unrejected) => Rejection): number {
  const marginTests = testsInside(cell, inside).map((one) => rejected(one, rejectionOf(one)))
  return walk(judgedCutOffs(rulesOf(cell), marginTests), cell.target).mean
}

/** The margin tests of the first destination; those of the other are the same seen from its side. */
function testsInside({ target, tolerance }: Cell, inside: number): Unrejected[] {
  const [band] = bandsOf([target], [tolerance])
  if (band === undefined) return []
  return (['lower', 'upper'] as const).flatMap((side) => {
    const towards = side === 'lower' ? -inside : inside
    const placed: Band = { ...band, share: target + towards * tolerance }
    const test = marginTests([placed]).find((one) => one.side === side)
    return test === undefined ? [] : [{ test, band: placed }]
  })
}

function rejected(one: Unrejected, rejection: Rejection): PassTest {
  return { ...one, rejection, guardedAgainst: undefined }
}

/** What each margin test at 1/error leaves of the error, given back to its level. */
function exactLevel(cell: Cell): (one: Unrejected) => Rejection {
  const plain = testsInside(cell, 0).map((one) => rejected(one, rejectAnywhere(cell.error)))
  return ({ test }) => {
    const { from, level } = rejectAnywhere(cell.error)
    const { pass } = walk(judgedCutOffs(rulesOf(cell), plain), test.margin)
    return { from, level: level + Math.log(pass / cell.error) }
  }
}
