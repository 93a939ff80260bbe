import { setTimeout as pause } from 'node:timers/promises'
import type { CountedAdmin } from '../../../src/evidence/proxies/counters-settings.ts'
import type { ProxyAdmin } from '../../../src/evidence/proxies/proxy-admin.ts'
import type { Api } from '../../objects/api.ts'
import { extraEndpoint } from '../../objects/extra-endpoint.ts'
import { startEcho } from '../../processes/echo.ts'
import { killProcess, startAgain } from '../../processes/process.ts'
import { startAt } from '../start-at.ts'
import { type Counted, counted } from './counted.ts'

/** How many connections each part makes, for each 100,000 of the first one. */
const PARTS = { statistics: 1, restart: 0.2, gentle: 0.2, sudden: 0.2 }
/** Longer than two readings. */
const STEP_MS = 700

type Order = { connections: number; say: (line: string) => void }

/**
 * Compares what the proxies count with the connections that were made: by the statistics of clusters, and as in a mesh that
 * leaves these out. Returns what is wrong.
 */
export async function compareCounters(
  api: Api,
  admins: readonly ProxyAdmin[],
  { connections, say }: Order,
): Promise<string[]> {
  await startAt({ v1: 80, v2: 20 })
  await startEcho('v3')
  const { come, rest, go } = await extraEndpoint(api)
  const cycle = (steps: readonly (() => Promise<void>)[]) => async (signal: AbortSignal) => {
    for (let at = 0; !signal.aborted; at += 1) {
      await steps[at % steps.length]?.()
      await pause(STEP_MS)
    }
  }
  const byHosts = admins.map(({ counters }): CountedAdmin => ({ counters }))
  const made = (part: keyof typeof PARTS) => Math.round(connections * PARTS[part])
  const broken: string[] = []
  const compare = async (what: string, one: Counted, isRight: (one: Counted) => string[]) => {
    say(textOf(what, one))
    broken.push(...isRight(one).map((wrong) => `${what}: ${wrong}`))
  }

  const all = cycle([come, rest, go, come, go])
  await compare(
    'with statistics of clusters, endpoints that come, are not ready, and are removed while they serve',
    await counted(admins, made('statistics'), all),
    exactly,
  )
  await come()
  let killedMs = 0
  await compare(
    'with statistics of clusters, a proxy that restarts',
    await counted(admins, made('restart'), async () => {
      await pause(3 * STEP_MS)
      killedMs = performance.now()
      await killProcess('envoy-second')
      startAgain('envoy-second')
    }),
    inGaps,
  )
  if (killedMs === 0) broken.push('the proxy was not restarted')
  await compare(
    'without them, endpoints that come, are not ready, and go',
    await counted(byHosts, made('gentle'), cycle([come, rest, go])),
    inGaps,
  )
  await compare(
    'without them, endpoints that are removed while they serve',
    await counted(byHosts, made('sudden'), cycle([come, go])),
    inGaps,
  )
  await go()
  return broken
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

function exactly({ made, counts, gaps }: Counted): string[] {
  const two = made.filter(({ reply }) => reply === 'two').length
  const isExact = counts[0] === made.length - two && counts[1] === two
  return [
    ...(isExact
      ? []
      : [`counted ${counts.join(' and ')} of ${made.length - two} and ${two} connections`]),
    ...gaps.map(({ why }) => `a gap was said (${why})`),
  ]
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
