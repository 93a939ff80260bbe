import { parseArgs } from 'node:util'
import { plainTable } from '../../kit/bench/split/text-table.ts'
import { type Json, textAt } from '../../sandbox/objects/json.ts'
import {
  HEALTH_CASES,
  type HealthCase,
  type Needed,
  neededBy,
  startVersions,
  stepInputs,
} from '../health/cases.ts'
import { WEB, webIs } from '../suite/support/web.ts'
import { quantile } from './phases.ts'
import { measure } from './step-on-mesh.ts'

/**
 * npm run e2e -- bench --health [--runs 40] [--only TEXT]: shifts of an http rule from 100/0 to 80/20, to versions that fail,
 * are slow or are healthy: how they end, and after how many samples. Ends with status 1 if fewer end as they should than
 * promised.
 */

/** A promise is for this many runs. Of fewer, the same share, rounded down. */
const PROMISED_RUNS = 40

type Run = { isRight: boolean; ended: string; needed: Needed; message: string }

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      health: { type: 'boolean' },
      runs: { type: 'string', default: String(PROMISED_RUNS) },
      only: { type: 'string', default: '' },
    },
  })
  const count = Number(values.runs)
  const cases = HEALTH_CASES.filter(({ name }) => name.includes(values.only))
  const rows: string[][] = []
  const broken: string[] = []
  for (const one of cases) {
    const runs = await inARow(one, count)
    const least = Math.floor((one.leastOf40 * count) / PROMISED_RUNS)
    const right = runs.filter(({ isRight }) => isRight)
    rows.push(rowOf(one, runs, least))
    if (right.length < least) broken.push(`${one.name}: ${right.length} of ${count}`)
    for (const { ended, message } of runs.filter(({ isRight }) => !isRight))
      say(`  ${one.name}: ${ended}: ${message}`)
  }
  say(
    plainTable({
      title: `Shifts of an http rule from 100/0 to 80/20, ${count} each`,
      explained: 'Samples and time: from the write to the verdict; the median, and the most.',
      headings: ['versions', 'expected', 'did', 'at least', 'samples', 'of v2', 'ms', 'ended'],
      rows,
    }),
  )
  say(broken.length === 0 ? 'Every promise is kept.' : ['Broken:', ...broken].join('\n  '))
  return broken.length === 0 ? 0 : 1
}

async function inARow(one: HealthCase, count: number): Promise<Run[]> {
  const heal = await startVersions(one)
  const runs: Run[] = []
  for (let index = 0; index < count; index += 1) {
    await webIs(WEB, { v1: 100, v2: 0 })
    runs.push(runOf(one, await measure(stepInputs(one))))
  }
  await heal()
  return runs
}

function runOf({ isRight }: HealthCase, report: Json): Run {
  const [verdict = '', reason = '', message = ''] = ['verdict', 'reason', 'message'].map((field) =>
    textAt(report, field),
  )
  const needed = neededBy(report)
  const test = needed.test === '' ? '' : `: ${needed.test}`
  return { isRight: isRight(verdict, reason), ended: `${reason}${test}`, needed, message }
}

function rowOf({ name, expected }: HealthCase, runs: readonly Run[], least: number): string[] {
  const right = runs.filter(({ isRight }) => isRight)
  const most = (field: 'samples' | 'ofV2' | 'ms') => {
    const values = right.map(({ needed }) => needed[field])
    return [0.5, 1].map((share) => quantile(values, share).toFixed(0)).join(', ')
  }
  return [
    ...[name, expected, `${right.length} of ${runs.length}`, String(least)],
    ...[most('samples'), most('ofV2'), most('ms'), tallied(runs)],
  ]
}

/** How often runs ended in each way: `39 unhealthy: compare, 1 unhealthy: max-errors`. */
function tallied(runs: readonly Run[]): string {
  const counts = new Map<string, number>()
  for (const { ended } of runs) counts.set(ended, (counts.get(ended) ?? 0) + 1)
  return [...counts].map(([ended, count]) => `${count} ${ended}`).join(', ')
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.exit(await main())
