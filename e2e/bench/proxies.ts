import { parseArgs } from 'node:util'
import { heldReplicas } from '../faults/held-replicas.ts'
import { openApi } from '../objects/api.ts'
import { API_PORT } from '../processes/addresses.ts'
import { endedOtherwise, endedWith, tallied } from './in-a-row.ts'
import { quantile } from './phases.ts'
import { gatewayAdmins } from './proxies/admins.ts'
import { confirmedShifts, costsOf } from './proxies/confirmed.ts'
import { compareCounters } from './proxies/counters.ts'
import { hole } from './proxies/hole.ts'
import { HTTP, oldDraws, TCP } from './proxies/old-draws.ts'

/**
 * npm run e2e -- bench --proxies [--only hole,confirmed,old,counters] [--runs 100] [--connections 100000]: what the proxies of
 * a rule show, with two replicas of the gateway behind one address. `bench --counters` is the last part alone. Ends with status 1 if a run passes whose replicas get wrong weights one second
 * apart, if shifts with confirmed proxies take more connections or time than promised, if a draw after the confirmation
 * follows the previous weights, or if counters differ from the connections that were made.
 */

/** The expected sample size of one attempt at 20 ± 5 with all of the error, and how much more the mean may be. */
const EXPECTED = 808
const MOST_SAMPLES = 1.03
const MOST_TIME = 1.3
/** Draws that begin so long after the confirmation of all proxies follow it. A check waits as long. */
const LAG_MS = 50
const PARTS = ['hole', 'confirmed', 'old', 'counters'] as const

const { values } = parseArgs({
  options: {
    proxies: { type: 'boolean' },
    only: { type: 'string', default: PARTS.join(',') },
    runs: { type: 'string', default: '100' },
    counters: { type: 'boolean', default: false },
    connections: { type: 'string', default: '100000' },
  },
})
const only = values.counters ? ['counters'] : values.only.split(',')
const runs = Number(values.runs)
const connections = Number(values.connections)
const api = openApi(API_PORT)
const replicas = await heldReplicas(api)
const broken: string[] = []

if (only.includes('hole')) await benchHole()
if (only.includes('confirmed')) await benchConfirmed()
if (only.includes('old')) await benchOldDraws()
if (only.includes('counters')) await benchCounters()
say(broken.length === 0 ? 'Every promise is kept.' : ['Broken:', ...broken].join('\n  '))
process.exit(broken.length === 0 ? 0 : 1)

async function benchHole(): Promise<void> {
  const closed = await hole(api, replicas, runs, 'auto')
  say(`${runs} shifts from 15% to 5% whose replicas go to 0% one second apart: ${tallied(closed)}`)
  const passed = endedWith(closed, 'pass').length
  if (passed > 0) broken.push(`${passed} of ${runs} shifts to wrong weights passed`)
  const few = Math.ceil(runs / 5)
  const open = await hole(api, replicas, few, 'off')
  say(`${few} of them with proxies: off: ${tallied(open)}`)
}

async function benchConfirmed(): Promise<void> {
  const row = await confirmedShifts(api, runs)
  say(`${runs} shifts to 20 ± 5 with confirmed proxies: ${tallied(row)}`)
  const failed = endedOtherwise(row, 'pass')
  for (const { verdict, reason, message } of failed) say(`  ${verdict} (${reason}): ${message}`)
  // A right split fails with a probability of 1%.
  if (failed.length > Math.max(1, runs / 20)) broken.push(`${failed.length} shifts did not pass`)
  const costs = costsOf(row.reports)
  const ratio = costs.medianMs / costs.necessaryMs
  say(
    `  connections: mean ${costs.meanSamples.toFixed(0)} (standard error ${costs.error.toFixed(0)}), ${(costs.meanSamples / EXPECTED).toFixed(3)} times ${EXPECTED}; ${costs.again} took a second attempt`,
  )
  say(
    `  from the write's answer to the verdict: median ${costs.medianMs.toFixed(0)} ms, ${ratio.toFixed(2)} times propagation (median ${costs.propagationMs.toFixed(0)} ms) and connections (${costs.perSecond.toFixed(0)} a second)`,
  )
  // More than chance explains. The simulation has the exact figure.
  if (costs.meanSamples - 3 * costs.error > MOST_SAMPLES * EXPECTED)
    broken.push(`a mean of ${costs.meanSamples.toFixed(0)} connections`)
  if (ratio > MOST_TIME) broken.push(`${ratio.toFixed(2)} times the necessary time`)
}

async function benchOldDraws(): Promise<void> {
  const { first, second } = await gatewayAdmins()
  const order = { flips: Math.ceil(runs / 2), perFlip: 1000, lagMs: LAG_MS }
  for (const flipped of [TCP, HTTP]) {
    const found = await oldDraws(flipped, [first, second], order)
    const latest = Math.max(...found.latestOldMs)
    say(
      `${order.flips} flips between all for v1 and all for v2: ${found.samples} ${flipped.name} at least ${LAG_MS} ms after both proxies showed the new weights, ${found.old} of them followed the previous ones, ${found.unanswered} had no reply`,
    )
    say(
      `  from the write's answer until both showed them: median ${quantile(found.propagationMs, 0.5).toFixed(0)} ms; the latest old draw began ${(-latest).toFixed(0)} ms before that (negative: after)`,
    )
    if (found.old > 0) broken.push(`${found.old} old ${flipped.name} after the confirmation`)
  }
  first.close()
  second.close()
}

async function benchCounters(): Promise<void> {
  const { first, second } = await gatewayAdmins()
  broken.push(...(await compareCounters(api, [first, second], { connections, say })))
  first.close()
  second.close()
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
