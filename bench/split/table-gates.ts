import { asked, percent, type TextTable, whole } from '../../kit/bench/split/text-table.ts'
import { exactAttempt } from './exact-attempt.ts'
import { GATES, type Gate, gateOutcome } from './gates.ts'
import { type Cell, rulesOf } from './grid.ts'

/** How the gates of other suites judge what is asked for, 5 and 10 points off it. */
export function gatesTable(cell: Cell): TextTable {
  const { target } = cell
  const truths = [0, -0.05, 0.05, -0.1, 0.1].map((off) => target + off)
  const row = (name: string, at: (truth: number) => { pass: number; connections: number }) => [
    name,
    ...truths.map((truth) => percent(at(truth).pass)),
    ...[target, target + 0.05].map((truth) => whole(at(truth).connections)),
  ]
  const gateRow = (gate: Gate) =>
    row(gate.name, (truth) => {
      const { pass, meanCalls } = gateOutcome(gate, target, truth)
      return { pass, connections: meanCalls }
    })
  return {
    title: `What passes for ${asked(target)}%: gates that others use`,
    explained: `Exact. P(pass) by the true share, and the mean connections of two columns. Last row: this tool at +-${asked(cell.tolerance)}, error ${asked(cell.error)}%. Sources below.`,
    headings: [
      'gate',
      ...truths.map((truth) => `true ${asked(truth)}%`),
      `calls at ${asked(target)}%`,
      `calls at ${asked(target + 0.05)}%`,
    ],
    rows: [
      ...GATES.map(gateRow),
      row('this tool', (truth) => {
        const { pass, mean } = exactAttempt(rulesOf(cell), truth, { undecided: 1e-7 })
        return { pass, connections: mean }
      }),
    ],
  }
}

export function gateSources(): string {
  return [
    'Sources of the gates:',
    ...GATES.map(({ name, source }) => `  ${name}: ${source}`),
    '',
  ].join('\n')
}
