import { type Json, textAt } from '../../sandbox/objects/json.ts'
import type { Inputs } from './benched.ts'
import { measure } from './step-on-mesh.ts'

/** The outcome of each step in a row. */
export type Row = { ended: Ended[]; reports: Json[] }

type Ended = { verdict: string; reason: string; message: string }

type Environment = Readonly<Record<string, string>>

/** Runs steps one after the other. */
export async function inARow(
  count: number,
  inputs: (index: number) => Inputs,
  environment: Environment = {},
): Promise<Row> {
  const row: Row = { ended: [], reports: [] }
  for (let index = 0; index < count; index += 1) {
    const report = await measure(inputs(index), environment)
    const [verdict = '', reason = '', message = ''] = ['verdict', 'reason', 'message'].map(
      (field) => textAt(report, field),
    )
    row.ended.push({ verdict, reason, message })
    row.reports.push(report)
  }
  return row
}

/** The outcomes with this verdict. */
export function endedWith(row: Row, verdict: 'pass' | 'fail'): Ended[] {
  return row.ended.filter((one) => one.verdict === verdict)
}

/** The other outcomes. */
export function endedOtherwise(row: Row, verdict: 'pass' | 'fail'): Ended[] {
  return row.ended.filter((one) => one.verdict !== verdict)
}

/** The number of each outcome: `39 pass (within-tolerance), 1 fail (off-target)`. */
export function tallied(row: Row): string {
  const counts = new Map<string, number>()
  for (const { verdict, reason } of row.ended) {
    const way = `${verdict} (${reason})`
    counts.set(way, (counts.get(way) ?? 0) + 1)
  }
  return [...counts].map(([way, count]) => `${count} ${way}`).join(', ')
}

/** Rollouts with all defaults beside these inputs, from 80/20 to 50/50 and back. */
export function rollouts(count: number, inputs: Inputs = {}, subset = 'v2'): Promise<Row> {
  return inARow(count, (index) => ({
    ...inputs,
    subset,
    weight: index % 2 === 0 ? '50' : '20',
  }))
}

/** The weights count as written long ago, so that a check is one attempt. */
const RELEASED = { mode: 'verify', 'propagation-timeout': '0s' }

/** Checks of the actual split. */
export function rightChecks(
  count: number,
  inputs: Inputs = {},
  environment: Environment = {},
): Promise<Row> {
  return inARow(count, () => ({ ...inputs, ...RELEASED, weights: 'current' }), environment)
}

/** Checks of weights from which v2, at 20%, is off by exactly the tolerance, which is the hardest case. */
export function wrongChecks(
  count: number,
  inputs: Inputs = {},
  subset = 'v2',
  environment: Environment = {},
): Promise<Row> {
  const given = { ...inputs, ...RELEASED, subset }
  return inARow(
    count,
    (index) => ({ ...given, weight: index % 2 === 0 ? '15' : '25' }),
    environment,
  )
}
