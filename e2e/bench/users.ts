import { parseArgs } from 'node:util'
import { numberAt } from '../../sandbox/objects/json.ts'
import { heldReplicas } from '../faults/held-replicas.ts'
import { openApi } from '../objects/api.ts'
import { API_PORT } from '../processes/addresses.ts'
import { WEB, webIs, webSplits, withRule } from '../suite/support/web.ts'
import { GENERATORS, type Generator, startUsers } from '../users/generators.ts'
import { mostAllowed, upperBound } from './binomial.ts'
import {
  endedOtherwise,
  endedWith,
  type Row,
  rightChecks,
  tallied,
  wrongChecks,
} from './in-a-row.ts'
import { quantile } from './phases.ts'
import { noteConnections } from './users/noted-connections.ts'

/**
 * npm run e2e -- bench --users [--checks 100] [--only wrk,fortio,hey]: verdicts from the counters of both replicas of the
 * gateway, with no request of our own, while load generators of others are the users. Ends with status 1 if more verdicts
 * are wrong than the promised 1% allows, or a run made a request.
 */

const PROMISED = 0.01
/** The probability of a false alarm of this bench. */
const SURPRISE = 0.001
const USERS = {
  ...WEB.inputs,
  expect: undefined,
  evidence: 'counters',
  traffic: 'users',
  timeout: '3m',
}

const { values } = parseArgs({
  options: {
    users: { type: 'boolean' },
    checks: { type: 'string', default: '100' },
    only: { type: 'string', default: Object.keys(GENERATORS).join(',') },
  },
})
const generators = (Object.keys(GENERATORS) as Generator[]).filter((one) =>
  values.only.split(',').includes(one),
)
const checks = Number(values.checks)
await heldReplicas(openApi(API_PORT))
await webIs(WEB, { v1: 80, v2: 20 })
// A retry is counted as a request, so the counters of a rule that retries are refused.
await withRule(WEB, { retries: { attempts: 0 } })
await webSplits(WEB, { v1: 80, v2: 20 })
await webSplits(WEB, { v1: 80, v2: 20 }, 'second')

const noted = noteConnections()
const right: Row = { ended: [], reports: [] }
const wrong: Row = { ended: [], reports: [] }
for (const [index, generator] of generators.entries()) {
  const count = Math.ceil((checks * (index + 1)) / generators.length) - right.ended.length
  const users = await startUsers(generator)
  // Both at once, as neither makes a request.
  const rows = await Promise.all([
    rightChecks(count, USERS, noted.environment),
    wrongChecks(count, USERS, WEB.destination('v2'), noted.environment),
  ])
  await users.stop()
  for (const [all, row] of [
    [right, rows[0]],
    [wrong, rows[1]],
  ] as const) {
    all.ended.push(...row.ended)
    all.reports.push(...row.reports)
  }
  say(`${generator}: right ${tallied(rows[0])}; wrong ${tallied(rows[1])}`)
  sayRate([...rows[0].reports, ...rows[1].reports])
}
const failed = [
  isTooMany(right, 'fail', 'checks of the split that is there'),
  isTooMany(wrong, 'pass', 'checks of a split that is off by the tolerance of 5 points'),
]
failed.push(hasOwn(noted.addresses()))
noted.remove()
process.exit(failed.includes(true) ? 1 : 0)

/** Whether a run connected to anything but the API server, through which it reads the proxies. */
function hasOwn(addresses: readonly string[]): boolean {
  const others = addresses.filter((address) => !address.endsWith(`:${API_PORT}`))
  const calls = addresses.length - others.length
  say(`the runs connected ${calls} times to the API server, and ${others.length} times to others`)
  for (const one of new Set(others)) say(`  ${one}`)
  return calls === 0 || others.length > 0
}

function isTooMany(row: Row, wrongVerdict: 'pass' | 'fail', what: string): boolean {
  const rightVerdict = wrongVerdict === 'fail' ? 'pass' : 'fail'
  const found = endedWith(row, wrongVerdict).length
  const allowed = mostAllowed(row.ended.length, PROMISED, SURPRISE)
  const bound = (upperBound(found, row.ended.length, 0.95) * 100).toFixed(1)
  say(`${row.ended.length} ${what}: ${tallied(row)}`)
  for (const { verdict, reason, message } of endedOtherwise(row, rightVerdict))
    say(`  ${verdict} (${reason}): ${message}`)
  say(
    `  wrong verdicts: ${found}; a chance of 1% allows up to ${allowed}; the true chance is below ${bound}% at 95% confidence`,
  )
  return found > allowed || endedWith(row, rightVerdict).length === 0
}

function sayRate(reports: Row['reports']): void {
  const median = (field: string) =>
    quantile(
      reports.map((report) => numberAt(report, 'checks', 0, field) ?? Number.NaN),
      0.5,
    )
  say(`  requests of a check: median ${median('samples').toFixed(0)}`)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
