import type { Json } from '../../sandbox/objects/json.ts'
import { measure } from './step-on-mesh.ts'

/** What each step of a row ended in. */
export type Row = { verdicts: Record<string, number>; reports: Json[]; odd: string[] }

/** Runs steps one after the other; `odd` holds the logs of those that did not end in `wanted`. */
export async function inARow(
  count: number,
  wanted: 'pass' | 'fail',
  inputs: (index: number) => Readonly<Record<string, string>>,
): Promise<Row> {
  const row: Row = { verdicts: {}, reports: [], odd: [] }
  for (let index = 0; index < count; index += 1) {
    const { outputs, report, text } = await measure(inputs(index))
    const verdict = outputs.verdict ?? 'none'
    row.verdicts[verdict] = (row.verdicts[verdict] ?? 0) + 1
    row.reports.push(report)
    if (verdict !== wanted) row.odd.push(text)
  }
  return row
}

/** Rollouts with all defaults, from 80/20 to 50/50 and back. */
export function rollouts(count: number): Promise<Row> {
  return inARow(count, 'pass', (index) => ({
    subset: 'v2',
    weight: index % 2 === 0 ? '50' : '20',
  }))
}

/** The weights count as long there, so that a check is one try, whenever it begins. */
const SETTLED = { mode: 'verify', 'propagation-timeout': '0s' }

/** Checks of the split that is there. */
export function rightChecks(count: number): Promise<Row> {
  return inARow(count, 'pass', () => ({ ...SETTLED, weights: 'current' }))
}

/** Checks of weights that v2 is off by exactly the tolerance, which is the hardest to tell; 20 is in force. */
export function wrongChecks(count: number): Promise<Row> {
  return inARow(count, 'fail', (index) => ({
    ...SETTLED,
    subset: 'v2',
    weight: index % 2 === 0 ? '15' : '25',
  }))
}
