import { setTimeout as pause } from 'node:timers/promises'
import type { CountedAdmin, CountsGap } from '../../../src/evidence/proxies/counters-settings.ts'
import { countersSource, READ_EVERY_MS } from '../../../src/evidence/proxies/counters-source.ts'
import { connection, type Ended, traffic } from './traffic.ts'

/** What the proxies counted of connections that were made, and what they lack. */
export type Counted = {
  made: Ended[]
  /** By destination, v1 and v2. */
  counts: readonly [number, number]
  gaps: CountsGap[]
}

/** What changes while connections are made. It ends when `signal` says so. */
type Changes = (signal: AbortSignal) => Promise<void>

const CLUSTER = /^outbound\|9000\|v([12])\|tcp-echo\.demo\.svc\.cluster\.local$/

/** Makes connections while both replicas are read as a run reads them, and something changes. */
export async function counted(
  admins: readonly CountedAdmin[],
  connections: number,
  changes: Changes,
): Promise<Counted> {
  const counts: [number, number] = [0, 0]
  const gaps: CountsGap[] = []
  const proxies = admins.map((admin, index) => ({
    pod: `istio-system/istio-ingressgateway-${index}`,
    uid: String(index),
    admin,
  }))
  const source = countersSource.open({
    evidence: 'counters',
    proxies: () => proxies,
    destinations: 2,
    destinationOf(cluster) {
      const [, version] = CLUSTER.exec(cluster) ?? []
      return version === undefined ? undefined : Number(version) - 1
    },
    filter: 'tcp-echo\\.demo',
    counts: 'connections',
    onGap: (gap) => gaps.push(gap),
    nowMs: () => performance.now(),
  })
  const sampling = source.start({}, (sample) => {
    if (sample.kind !== 'counts') return
    for (const index of [0, 1] as const) counts[index] += sample.counts[index] ?? 0
  })
  // The first reading is the baseline.
  await pause(2 * READ_EVERY_MS)
  const made: Ended[] = []
  const over = new AbortController()
  const changing = changes(over.signal)
  const isOver = () => made.length >= connections
  await traffic(connection, isOver, (one) => made.push(one))
  over.abort()
  await changing
  await pause(5 * READ_EVERY_MS)
  sampling.stop()
  return { made, counts, gaps }
}
