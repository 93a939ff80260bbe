import { setTimeout as pause } from 'node:timers/promises'
import type { ProxyAdmin } from '../../../src/evidence/proxies/proxy-admin.ts'
import type { Api } from '../../objects/api.ts'
import { extraEndpoint } from '../../objects/extra-endpoint.ts'
import { startEcho } from '../../processes/echo.ts'
import { killProcess, startAgain } from '../../processes/process.ts'
import { startAt } from '../start-at.ts'
import { type Counted, counted } from './counted.ts'

/** How many connections each part makes; together 100,000. */
const PARTS = { gentle: 60_000, sudden: 20_000, restart: 20_000 }
/** Longer than two readings. */
const STEP_MS = 700

/** Compares what the proxies count with the connections that were made. Returns what is wrong. */
export async function compareCounters(
  api: Api,
  admins: readonly ProxyAdmin[],
  say: (line: string) => void,
): Promise<string[]> {
  await startAt({ v1: 80, v2: 20 })
  await startEcho('v3')
  const extra = await extraEndpoint(api)
  const cycle = (steps: readonly (() => Promise<void>)[]) => async (signal: AbortSignal) => {
    for (let at = 0; !signal.aborted; at += 1) {
      await steps[at % steps.length]?.()
      await pause(STEP_MS)
    }
  }
  const { come, rest, go } = extra
  const gentle = await counted(admins, PARTS.gentle, cycle([come, rest, go]))
  say(textOf('endpoints that come, are not ready, and go', gentle))
  const sudden = await counted(admins, PARTS.sudden, cycle([come, go]))
  say(textOf('endpoints that go while they serve', sudden))
  await come()
  let killedMs = 0
  const restarted = await counted(admins, PARTS.restart, async () => {
    await pause(3 * STEP_MS)
    killedMs = performance.now()
    await killProcess('envoy-second')
    startAgain('envoy-second')
  })
  say(textOf('a proxy that restarts', restarted))
  await go()
  return [
    ...exactly(gentle),
    ...inGaps(sudden),
    ...inGaps(restarted),
    ...(killedMs > 0 ? [] : ['the proxy was not restarted']),
  ]
}

function textOf(what: string, { made, counts, gaps }: Counted): string {
  const replies = ['one', 'three', 'two', ''].map(
    (reply) => made.filter((one) => one.reply === reply).length,
  )
  const [one = 0, three = 0, two = 0, none = 0] = replies
  const sum = counts[0] + counts[1]
  const lost = gaps.filter(({ why }) => why !== 'unreadable').length
  return `${what}: ${made.length} connections, ${one + three} replied as v1 (${three} from the endpoint that comes and goes), ${two} as v2, ${none} not answered; counted ${counts[0]} and ${counts[1]}, ${made.length - sum} less; ${lost} gaps said`
}

function exactly({ made, counts }: Counted): string[] {
  const two = made.filter(({ reply }) => reply === 'two').length
  return counts[0] === made.length - two && counts[1] === two
    ? []
    : [`counted ${counts.join(' and ')} of ${made.length - two} and ${two} connections`]
}

/** What is not counted was made during a gap that was said. */
function inGaps({ made, counts, gaps }: Counted): string[] {
  const lost = gaps.filter(({ why }) => why !== 'unreadable')
  const during = made.filter(({ launchedMs, endedMs }) =>
    lost.some(({ fromMs, toMs }) => launchedMs <= toMs && endedMs >= fromMs),
  ).length
  const missing = made.length - counts[0] - counts[1]
  return missing >= 0 && missing <= during
    ? []
    : [`${missing} connections are not counted, and ${during} were made during gaps`]
}
