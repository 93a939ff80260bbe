import { parseArgs } from 'node:util'
import { listAt, numberAt } from '../../sandbox/objects/json.ts'
import { mostAllowed, upperBound } from './binomial.ts'
import {
  endedOtherwise,
  endedWith,
  type Row,
  rightChecks,
  rollouts,
  tallied,
  wrongChecks,
} from './in-a-row.ts'
import { type Phases, phasesOf, quantile } from './phases.ts'
import { startAt } from './start-at.ts'

/**
 * npm run e2e -- bench [--rollouts 40] [--checks 500]: how long rollouts take on the real mesh, and how often a verdict
 * is wrong. Ends with status 1 if a rollout does not pass, or if more verdicts are wrong than the promised 1% allows.
 */

/** The probability of a wrong verdict that the default confidence allows, in each direction. */
const PROMISED = 0.01
/** The probability of a false alarm of this bench. */
const SURPRISE = 0.001

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      rollouts: { type: 'string', default: '40' },
      checks: { type: 'string', default: '500' },
    },
  })
  await startAt({ v1: 80, v2: 20 })
  const row = await rollouts(Number(values.rollouts))
  say(`${row.ended.length} rollouts in a row, 80/20 <-> 50/50: ${tallied(row)}`)
  sayOdd(row, 'pass')
  let failed = endedOtherwise(row, 'pass').length > 0
  if (row.reports.length > 0) sayPhases(row.reports.map(phasesOf))

  const checks = Number(values.checks)
  if (checks > 0) {
    await startAt({ v1: 80, v2: 20 })
    const right = await rightChecks(checks)
    sayChecks(right, `${checks} checks of the split that is there`)
    sayOdd(right, 'pass')
    failed = sayWrong(endedWith(right, 'fail').length, checks, 'false fails') || failed
    const wrong = await wrongChecks(checks)
    sayChecks(wrong, `${checks} checks of a split that is off by the tolerance of 5 points`)
    sayOdd(wrong, 'fail')
    failed = sayWrong(endedWith(wrong, 'pass').length, checks, 'false passes') || failed
  }
  return failed ? 1 : 0
}

function sayPhases(phases: readonly Phases[]): void {
  const lines: [keyof Phases, string][] = [
    ['totalMs', "from the write's answer to the verdict"],
    ['waitingMs', '  waiting: before the first attempt, between attempts, removal of the journal'],
    ['propagationMs', '  propagation: until the gateway switched'],
    ['samplingMs', '  sampling: connections of attempts from then on'],
  ]
  for (const [phase, text] of lines) {
    const values = phases.map((one) => one[phase])
    const [median, p95] = [0.5, 0.95].map((share) => quantile(values, share).toFixed(0))
    say(`${text.padEnd(70)} median ${median} ms, 95th percentile ${p95} ms`)
  }
}

function sayChecks(row: Row, title: string): void {
  const connections = row.reports.map(
    (report) => numberAt(listAt(report, 'checks', 0, 'attempts').at(-1), 'samples') ?? Number.NaN,
  )
  const mean = connections.reduce((sum, count) => sum + count, 0) / connections.length
  say(
    `${title}: ${tallied(row)}; connections: mean ${mean.toFixed(0)}, 90th percentile ${quantile(connections, 0.9)}`,
  )
}

/** Prints unexpected outcomes. */
function sayOdd(row: Row, wanted: 'pass' | 'fail'): void {
  for (const { verdict, reason, message } of endedOtherwise(row, wanted))
    say(`  ${verdict} (${reason}): ${message}`)
}

/** Prints how many verdicts were wrong and what that shows. True if there are too many. */
function sayWrong(wrong: number, checks: number, name: string): boolean {
  const allowed = mostAllowed(checks, PROMISED, SURPRISE)
  const bound = (upperBound(wrong, checks, 0.95) * 100).toFixed(2)
  say(
    `  ${name}: ${wrong}; a chance of 1% allows up to ${allowed} (more: less than 1 in ${1 / SURPRISE}); the true chance is below ${bound}% at 95% confidence`,
  )
  return wrong > allowed
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

process.exit(await main())
