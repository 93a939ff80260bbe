import { within } from '../../kube/within.ts'
import { LOOK_MS } from './proxy-looks.ts'
import type { ProxyMember } from './proxy-set.ts'
import type { ProxyTable } from './proxy-table.ts'

/**
 * Draws that begin so long after all proxies were seen with the new weights follow them. That is ten times what was measured
 * between the dump of a proxy and its draws, with 16 connections in flight.
 */
const LAG_MS = 50
/** As Istio sets it by default. */
const USUAL_DRAIN_MS = 45_000
/** Closing all connections takes a moment more. */
const CLOSING_MS = 1000

/** What decides it: whether weights were written, and whether users are counted on connections from before that. */
type Followed = {
  table: Pick<ProxyTable, 'keepers'>
  isWritten: boolean
  countsUsers: boolean
}

/**
 * How long after all proxies were seen with the new weights draws follow them. In a waypoint, connections keep the weights with
 * which they were accepted, until it closes them within its drain time.
 */
export async function lagOf(
  members: readonly ProxyMember[],
  { table, isWritten, countsUsers }: Followed,
  signal: AbortSignal,
): Promise<number> {
  if (!isWritten || !countsUsers) return LAG_MS
  const keepers = new Set(table.keepers())
  const times = members.map(async ({ pod, admin }) => {
    if (!keepers.has(pod.uid)) return LAG_MS
    const read = admin && within({ ms: LOOK_MS, signal }, (limited) => admin.drainMs(limited))
    return CLOSING_MS + ((await read?.catch(() => undefined)) ?? USUAL_DRAIN_MS)
  })
  return Math.max(LAG_MS, ...(await Promise.all(times)))
}
