import type { Trace } from './exercise.ts'
import type { End, Judged } from './judge.ts'
import { pointText } from './point.ts'

/** What became of many points. */
export type Outcomes = {
  add(trace: Trace, judged: Judged): void
  points(): number
  /** The words for each point at which something was not as it must be. */
  unclean(): readonly string[]
  /** One row a scenario, and their sum. */
  table(): string
}

type Row = { ends: Record<End, number>; unclean: number; slowestMs: number }

const ENDS: readonly End[] = [
  'as it began',
  'as asked',
  'as confirmed',
  'as kept',
  'as found',
  'unclean',
]

export function startOutcomes(): Outcomes {
  const rows = new Map<string, Row>()
  const sum = emptyRow()
  const unclean: string[] = []
  const count = (row: Row, { point, tookMs = 0 }: Trace, { end, faults }: Judged) => {
    row.ends[end] += 1
    if (faults.length > 0) row.unclean += 1
    if (point.blow !== 'SIGKILL') row.slowestMs = Math.max(row.slowestMs, tookMs)
  }
  return {
    add(trace, judged) {
      const { name } = trace.recording.scenario
      const row = rows.get(name) ?? emptyRow()
      rows.set(name, row)
      for (const each of [row, sum]) count(each, trace, judged)
      if (judged.faults.length > 0)
        unclean.push([`${name}: ${pointText(trace.point)}`, ...judged.faults].join('\n  '))
    },
    points: () => pointsIn(sum),
    unclean: () => unclean,
    table: () => [HEAD, ...[...rows, ['all', sum] as const].map(line)].join('\n'),
  }
}

function emptyRow(): Row {
  const ends = {
    'as it began': 0,
    'as asked': 0,
    'as confirmed': 0,
    'as kept': 0,
    'as found': 0,
    unclean: 0,
  }
  return { ends, unclean: 0, slowestMs: 0 }
}

function pointsIn({ ends }: Row): number {
  return Object.values(ends).reduce((a, b) => a + b, 0)
}

const WIDTH = 56
const COLUMNS = ['points', ...ENDS.slice(0, -1), 'not clean', 'SIGINT to end']
const HEAD = `${''.padEnd(WIDTH)}${COLUMNS.map((column) => column.padStart(14)).join('')}`

function line([name, row]: readonly [string, Row]): string {
  const counts = [pointsIn(row), ...ENDS.slice(0, -1).map((end) => row.ends[end]), row.unclean]
  const cells = [...counts.map(String), `${(row.slowestMs / 1000).toFixed(1)} s`]
  return `${name.padEnd(WIDTH)}${cells.map((cell) => cell.padStart(14)).join('')}`
}
