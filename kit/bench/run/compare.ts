import { quantileOf } from '../split/error-bars.ts'
import { plainTable } from '../split/text-table.ts'
import { PHASES } from './phases.ts'
import type { Mesh, Took, Way } from './ways.ts'

/** All that one way took, round after round. */
export type Compared = { way: Way; took: Took[] }

/**
 * Shifts v2 from 20% to 50% and back, by each way in turn, so that what else the machine does meets all alike.
 * The first round warms up what is cached and is not counted. The mesh is at 20%.
 */
export async function compare(
  mesh: Mesh,
  ways: readonly Way[],
  rounds: number,
): Promise<Compared[]> {
  const compared = ways.map((way): Compared => ({ way, took: [] }))
  let weightPercent = 20
  for (let round = 0; round <= rounds; round += 1)
    for (const { way, took } of compared) {
      weightPercent = 70 - weightPercent
      const one = await way.shift(mesh, weightPercent)
      if (round > 0) took.push(one)
    }
  return compared
}

export function comparisonText(compared: readonly Compared[]): string {
  return [waysTable(compared), ...compared.map(({ took }) => phasesTable(took))]
    .join('\n')
    .trimEnd()
}

function waysTable(compared: readonly Compared[]): string {
  return plainTable({
    title: 'A shift between 80/20 and 50/50, from the start of the process to its end',
    explained: `${compared[0]?.took.length ?? 0} rounds, all ways in turn.`,
    headings: ['way', 'median ms', '95% ms', 'API calls', 'connections (median)'],
    rows: compared.map(({ way, took }) => [
      way.name,
      ...quantiles(took.map(({ totalMs }) => totalMs)),
      rangeText(took.map(({ apiCalls }) => apiCalls)),
      quantileOf(
        took.map(({ connections }) => connections),
        0.5,
      ).toFixed(0),
    ]),
  })
}

/** Empty for a way without phases. */
function phasesTable(took: readonly Took[]): string {
  const all = took.flatMap(({ phases }) => phases ?? [])
  if (all.length === 0) return ''
  const confirmed = all.map(
    (one) => one.propagationMs + one.waitingMs + one.samplingMs + one.settleMs,
  )
  return plainTable({
    title: 'Where the time of the action goes',
    explained: '',
    headings: ['phase', 'median ms', '95% ms'],
    rows: [
      ...PHASES.map(([phase, name]) => [name, ...quantiles(all.map((one) => one[phase]))]),
      ["from the write's answer to the verdict", ...quantiles(confirmed)],
    ],
  })
}

function quantiles(values: readonly number[]): string[] {
  return [0.5, 0.95].map((part) => quantileOf(values, part).toFixed(0))
}

/** `7`, or `7 to 9`. */
function rangeText(counts: readonly number[]): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  return least === most ? `${least}` : `${least} to ${most}`
}
