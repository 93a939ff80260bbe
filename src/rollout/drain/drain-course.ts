import { countedBetween } from '../../evidence/proxies/counter-differences.ts'
import type { HostCounters, ProxyCounters } from '../../evidence/proxies/host-counters.ts'
import type { Drain } from '../model/drain.ts'

/** A look at one proxy; no counters where it could not be read. */
export type ProxyLook = { proxy: string; counters: ProxyCounters | undefined }

/** What is looked for. */
export type DrainRules = Pick<Drain, 'names' | 'unit' | 'retired' | 'timeoutMs'> & {
  /** The destination of a cluster of a proxy; undefined: it is none of the rule's. */
  destinationOf: (cluster: string) => number | undefined
}

export type DrainCourse = {
  /** Takes a look at all proxies of that time. Returns where the drain stands. */
  observe(nowMs: number, looks: readonly ProxyLook[]): Drain
}

type Sums = { inProgress: number[]; sent: number[] }

/**
 * Follows what proxies have in progress, look by look. Pure. What a proxy had of a destination is gone with it: its
 * connections end with its Pod. One that cannot be read may have anything, so nothing is drained as long as it is there.
 */
export function startDrain(rules: DrainRules): DrainCourse {
  const first = new Map<string, ProxyCounters>()
  let startedMs: number | undefined

  function sumsOf(looks: readonly ProxyLook[]): Sums {
    const none = () => rules.names.map(() => 0)
    const sums = { inProgress: none(), sent: none() }
    for (const { proxy, counters } of looks) {
      if (counters === undefined) continue
      const before = first.get(proxy)
      if (before === undefined) first.set(proxy, counters)
      addOpen(sums.inProgress, counters, rules)
      addSent(sums.sent, { before: before ?? counters, counters }, rules)
    }
    return sums
  }

  return {
    observe(nowMs, looks) {
      startedMs ??= nowMs
      const tookMs = nowMs - startedMs
      const read = looks.filter(({ counters }) => counters !== undefined).length
      const { names, unit, retired, timeoutMs } = rules
      const now = { names, unit, retired, timeoutMs, tookMs, ...sumsOf(looks) }
      const proxies = { read, total: looks.length }
      return { ...now, proxies, ended: endOf({ ...now, proxies }) }
    },
  }
}

/** Whether the wait is over, and how it ended. */
function endOf(now: Omit<Drain, 'ended'>): Drain['ended'] {
  const { retired, proxies, inProgress, tookMs, timeoutMs = 0 } = now
  if (retired.length === 0) return 'unknown'
  const isOpen = retired.some((index) => (inProgress[index] ?? 0) > 0)
  const isComplete = proxies.total > 0 && proxies.read === proxies.total
  if (isComplete && !isOpen) return 'drained'
  if (tookMs < timeoutMs) return undefined
  return isOpen ? 'in-progress' : 'unknown'
}

function addOpen(sums: number[], counters: ProxyCounters, { unit, destinationOf }: DrainRules) {
  const open = (host: HostCounters) =>
    unit === 'request' ? host.openRequests : host.openConnections
  for (const [cluster, hosts] of counters) {
    const index = destinationOf(cluster)
    if (index === undefined) continue
    for (const host of hosts.values()) sums[index] = (sums[index] ?? 0) + open(host)
  }
}

function addSent(
  sums: number[],
  { before, counters }: { before: ProxyCounters; counters: ProxyCounters },
  { unit, destinationOf }: DrainRules,
) {
  for (const [cluster, counted] of countedBetween(before, counters).clusters) {
    const index = destinationOf(cluster)
    if (index === undefined) continue
    sums[index] = (sums[index] ?? 0) + (unit === 'request' ? counted.requests : counted.connections)
  }
}
