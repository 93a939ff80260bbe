import type { ProxyAdmin } from '../../evidence/proxies/proxy-admin.ts'
import type { ProxyReading } from '../../evidence/proxies/proxy-count.ts'
import type { ProxyRole } from '../../gateways/proxies/found-proxies.ts'
import { within } from '../../kube/within.ts'
import { clauseOf } from './open-proxy-set.ts'
import type { SoughtRules } from './opened-proxies.ts'
import { clusterFilter, type Served, servedBetween, takesOwn } from './own-share.ts'
import type { ProxyMember } from './proxy-set.ts'
import type { ProxyTable } from './proxy-table.ts'
import { type HeldReader, heldReader, type ReadRule } from './read-held.ts'

/** The longest that one look at a proxy may take. */
export const LOOK_MS = 2000

/** A proxy that can be read. */
export type Readable = ReadRule & { uid: string; admin: ProxyAdmin }

/** How a proxy is read, or why it cannot be, as a clause. */
export function readable(
  { pod, admin, why }: ProxyMember,
  { ruleIn, isHttp }: SoughtRules,
): Readable | { why: string } {
  if (admin === undefined) return { why: why ?? 'it has no tunnel' }
  const sought = ruleIn(pod)
  return sought.kind === 'unknown'
    ? { why: sought.why }
    : { uid: pod.uid, admin, rule: sought.rule, isHttp }
}

export type Look = { uid: string; reader: HeldReader; whole?: boolean }

/** Reads once what a proxy has. Rejects where it cannot be read. */
export async function lookOnce(
  { uid, reader, whole = false }: Look,
  table: Pick<ProxyTable, 'note'>,
  nowMs: () => number,
  signal: AbortSignal,
): Promise<void> {
  const held = await within({ ms: LOOK_MS, signal }, (limited) => reader.read(limited, whole))
  table.note(uid, held, nowMs())
}

/** Reads what all of them have, from nothing that was read before. */
export async function lookAtAll(
  { members, rules }: { members: readonly ProxyMember[]; rules: SoughtRules },
  table: Pick<ProxyTable, 'note' | 'cannotRead'>,
  nowMs: () => number,
  signal: AbortSignal,
): Promise<void> {
  const looks = members.map(async (member) => {
    const { uid } = member.pod
    const one = readable(member, rules)
    if ('why' in one) return table.cannotRead(uid, one.why)
    const look = { uid, reader: heldReader(one.admin, one), whole: true }
    await lookOnce(look, table, nowMs, signal).catch((error: unknown) => {
      // That the run ended says nothing of the proxy.
      if (!signal.aborted) table.cannotRead(uid, clauseOf(error))
    })
  })
  await Promise.all(looks)
}

/** The counters of the clusters of a rule in its proxies, at one moment. A proxy whose counters cannot be read has none. */
export async function readCounters(
  { members, rules }: { members: readonly ProxyMember[]; rules: SoughtRules },
  nowMs: () => number,
  signal: AbortSignal,
): Promise<ReadCounters> {
  const looks = members.map(async (member) => {
    const one = readable(member, rules)
    if ('why' in one) return []
    const filter = clusterFilter(one.rule)
    const read = await within({ ms: LOOK_MS, signal }, async (limited) => {
      const uptime = one.admin.uptimeMs(limited).catch(() => undefined)
      return {
        counters: await one.admin.counters(limited, filter),
        statistics: await one.admin.statistics(limited, filter).catch(() => undefined),
        uptimeMs: await uptime,
      }
    }).catch(() => undefined)
    const { role } = member.pod
    return read === undefined
      ? []
      : [[one.uid, { of: one, role, readMs: nowMs(), ...read }] as const]
  })
  return new Map((await Promise.all(looks)).flat())
}

/** By the uid of the Pod. */
export type ReadCounters = ReadonlyMap<string, CountersOfOne>

type ReadOnce = ProxyReading & { of: ReadRule; role: ProxyRole }

type CountersOfOne = ReadOnce & {
  readMs: number
  /** Undefined: it is not known. */
  uptimeMs: number | undefined
}

/** The Pods, by uid, whose proxies restarted in between: they have not run for so long. */
export function restartedBetween(before: ReadCounters, after: ReadCounters): Set<string> {
  const all = [...after].filter(([uid, { readMs, uptimeMs }]) => {
    const then = before.get(uid)
    return then !== undefined && uptimeMs !== undefined && uptimeMs < readMs - then.readMs
  })
  return new Set(all.map(([uid]) => uid))
}

/** What all proxies that samples of a run may reach, and that were read both times, served in between. */
export function servedByAll(
  before: ReadonlyMap<string, ProxyReading>,
  after: ReadonlyMap<string, ReadOnce>,
): Served {
  const isReached = takesOwn([...after.values()])
  const all = { served: 0, lostHosts: 0 }
  for (const [uid, read] of after) {
    const then = before.get(uid)
    if (then === undefined || !isReached(read)) continue
    const { served, lostHosts } = servedBetween(then, read, read.of)
    all.served += served
    all.lostHosts += lostHosts
  }
  return all
}

/** Whether the counters of a proxy were read both times. */
export function wasCounted(uid: string, before: ReadCounters, after: ReadCounters): boolean {
  return before.has(uid) && after.has(uid)
}
