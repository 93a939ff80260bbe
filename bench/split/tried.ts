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

/** What was tried for the pass test beside what it is, with the mean where the split is right: exact. */
export function triedTable(cell: Cell): TextTable {
  const { error } = cell
  const atOnce = () => rejectAnywhere(error)
  const look = ({ flag, band }: Unlatched) => delayedStart(flag, band, error)
  const [little = 0, more = 0] = INSIDE
  const rows: [string, number][] = [
    ['edges refuted by plain ratios at 1/error', meanOf(cell, 0, atOnce)],
    ['levels lowered to where the error is met exactly', meanOf(cell, 0, exactLevel(cell))],
    [`numerators ${more} of the tolerance inside the target`, meanOf(cell, more, atOnce)],
    ['**first look**', meanOf(cell, 0, look)],
    [`first look, numerators ${little} inside`, meanOf(cell, little, look)],
    ['least of any rule that can only pass', leastMean({ ...cell, mayGiveUp: false })],
    ['least of any rule', leastMean(cell)],
  ]
  return {
    title: 'Rules that were tried',
    explained: 'Exact. Mean connections where the split is right.',
    headings: ['rule', 'mean'],
    rows: rows.map(([name, mean]) => [name, whole(mean)]),
  }
}

type Unlatched = Pick<PassTest, 'flag' | 'band'>

function meanOf(cell: Cell, inside: number, rejectionOf: (one: Unlatched) => Rejection): number {
  const flags = flagsInside(cell, inside).map((one) => rejected(one, rejectionOf(one)))
  return walk(judgedCutOffs(rulesOf(cell), flags), cell.target).mean
}

/** The flags of the first destination; those of the other are the same seen from its side. */
function flagsInside({ target, tolerance }: Cell, inside: number): Unlatched[] {
  const [band] = bandsOf([target], [tolerance])
  if (band === undefined) return []
  return (['lower', 'upper'] as const).flatMap((side) => {
    const towards = side === 'lower' ? -inside : inside
    const staked: Band = { ...band, share: target + towards * tolerance }
    const flag = marginTests([staked]).find((one) => one.side === side)
    return flag === undefined ? [] : [{ flag, band: staked }]
  })
}

function rejected(one: Unlatched, rejection: Rejection): PassTest {
  return { ...one, rejection, guardedAgainst: undefined }
}

/** What each flag at 1/error leaves of the error, given back to its level. */
function exactLevel(cell: Cell): (one: Unlatched) => Rejection {
  const plain = flagsInside(cell, 0).map((one) => rejected(one, rejectAnywhere(cell.error)))
  return ({ flag }) => {
    const { from, level } = rejectAnywhere(cell.error)
    const { pass } = walk(judgedCutOffs(rulesOf(cell), plain), flag.margin)
    return { from, level: level + Math.log(pass / cell.error) }
  }
}
