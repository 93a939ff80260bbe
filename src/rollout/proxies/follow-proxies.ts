import type { ProxyAdmin } from '../../evidence/proxies/proxy-admin.ts'
import { pause } from '../../kube/pause.ts'
import { within } from '../../kube/within.ts'
import { capitalized, sentence } from '../../problem/sentence.ts'
import type { ProxiesKnown } from '../../split/check/proxy-wait.ts'
import type { ProxiesSeen } from '../model/check.ts'
import type { CheckProxies } from './check-proxies.ts'
import { doubtAfter } from './doubt-after.ts'
import { clauseOf } from './open-proxy-set.ts'
import type { SoughtRules } from './opened-proxies.ts'
import {
  LOOK_MS,
  type Look,
  lookAtAll,
  lookOnce,
  type Readable,
  type ReadCounters,
  readable,
  readCounters,
  restartedBetween,
} from './proxy-looks.ts'
import type { ProxyMember, ProxySet } from './proxy-set.ts'
import { type Standing, startProxyTable, type TableRules } from './proxy-table.ts'
import { type HeldReader, heldReader } from './read-held.ts'

/** What it takes to follow the proxies of a check. */
export type FollowOrder = Omit<TableRules, 'dueMs'> & {
  set: ProxySet
  rules: SoughtRules
  propagationTimeoutMs: number
  nowMs: () => number
  signal: AbortSignal
}

/** How long after `propagation-timeout` a proxy may still take over the new weights. It is named within 2 s, on a busy machine too. */
const GRACE_MS = 1500
/**
 * Draws that begin so long after all proxies were seen with the new weights follow them. That is ten times what was measured
 * between the dump of a proxy and its draws, with 16 connections in flight.
 */
const LAG_MS = 50
/** A proxy whose reading fails so many times in a row cannot be read. */
const MOST_FAILURES = 3
const REFRESH_EVERY_MS = 1000
/** Pods that were read so short a time ago are not read again to begin with. They are after the deciding sample in any case. */
const FRESH_MS = 10_000

/** Milliseconds until the next look at a proxy. To show a large configuration is work for it. */
function pauseAfter(tookMs: number, proxies: number): number {
  return tookMs <= 50 ? Math.max(20, 5 * proxies) : Math.max(200, 5 * tookMs)
}

/** Follows what the proxies of a rule have. Nothing rejects: what cannot be read has its reason. */
export function followProxies(order: FollowOrder): CheckProxies {
  const { set, rules, nowMs, startMs } = order
  const dueMs = startMs + order.propagationTimeoutMs + GRACE_MS
  const table = startProxyTable({ ...order, dueMs })
  const ending = new AbortController()
  const signal = AbortSignal.any([order.signal, ending.signal])
  const listeners = new Set<() => void>()
  const readers = new WeakMap<ProxyAdmin, HeldReader>()
  const looking = new Map<string, Promise<void>>()
  let known: ProxiesKnown = { kind: 'waiting' }
  let tell: { known: (known: ProxiesKnown) => void; seen: (seen: ProxiesSeen) => void } | undefined
  let told = ''
  let doubted: string | undefined
  let isFresh = nowMs() - set.readMs() < FRESH_MS
  let isCounting = false
  let before: ReadCounters = new Map()

  function standing(): Standing {
    const { unknown } = set.found()
    if (doubted !== undefined) return { status: 'guarded', why: doubted }
    if (unknown !== undefined) return { status: 'guarded', why: capitalized(sentence(unknown)) }
    const now = table.standing(nowMs())
    // Pods may have come since they were read last.
    return now.status === 'confirmed' && !isFresh ? { status: 'waiting' } : now
  }

  function seen(): ProxiesSeen {
    const { how, notes } = set.found()
    return {
      ...standing(),
      wanted: order.wanted.shares,
      how,
      notes,
      proxies: table.proxies(),
    }
  }

  /** What was said is not said again. */
  function tellSeen(): void {
    const now = seen()
    const text = JSON.stringify(now)
    if (text !== told) tell?.seen(now)
    told = text
  }

  function settle(next: ProxiesKnown): void {
    known = next
    tell?.known(known)
    for (const changed of listeners) changed()
  }

  /** To be called after each change of the table. */
  async function evaluate(): Promise<void> {
    if (signal.aborted) return
    const { status } = standing()
    tellSeen()
    if (status !== 'confirmed') {
      if (known.kind !== status) settle({ kind: status })
      return
    }
    if (isCounting || known.kind === 'confirmed') return
    isCounting = true
    const atMs = nowMs()
    before = await readCounters({ members: set.members(), rules }, nowMs, signal)
    isCounting = false
    if (!signal.aborted && standing().status === 'confirmed')
      settle({ kind: 'confirmed', fromMs: atMs + LAG_MS })
  }

  function memberOf(uid: string): ProxyMember | undefined {
    return set.members().find(({ pod }) => pod.uid === uid)
  }

  /** Looks at a proxy until it has the new weights, is gone or cannot be read. */
  async function lookOn(uid: string): Promise<void> {
    let failures = 0
    for (;;) {
      const member = memberOf(uid)
      if (member === undefined || signal.aborted) return
      const beganMs = nowMs()
      const one = readable(member, rules)
      if ('why' in one) table.cannotRead(uid, one.why)
      else failures = await failuresAfter({ uid, reader: readerOf(one) }, failures)
      const pauseMs = pauseAfter(nowMs() - beganMs, set.members().length)
      await evaluate()
      if ('why' in one || failures >= MOST_FAILURES || table.isConfirmed(uid)) return
      await pause(pauseMs, signal)
      if (failures > 0) await refresh()
    }
  }

  function readerOf(one: Readable): HeldReader {
    const reader = readers.get(one.admin) ?? heldReader(one.admin, one)
    readers.set(one.admin, reader)
    return reader
  }

  /** Looks once. Returns how many looks have failed in a row. */
  async function failuresAfter(look: Look, failures: number): Promise<number> {
    try {
      await lookOnce(look, table, nowMs, signal)
      return 0
    } catch (error) {
      // That the check ended says nothing of the proxy.
      if (signal.aborted) return failures
      if (failures + 1 >= MOST_FAILURES) table.cannotRead(look.uid, clauseOf(error))
      return failures + 1
    }
  }

  async function refresh(): Promise<boolean> {
    const limit = { ms: LOOK_MS, signal }
    const changed = await within(limit, (limited) => set.refresh(limited)).catch(() => true)
    table.setPods(set.found().pods, nowMs())
    return changed
  }

  /** Begins to look at Pods that are not looked at. */
  function join(): void {
    for (const { pod } of set.members())
      if (!looking.has(pod.uid) && !table.isConfirmed(pod.uid))
        looking.set(pod.uid, lookOn(pod.uid))
  }

  /** Pods come and go while others are waited for. */
  async function refreshOn(): Promise<void> {
    if (isFresh) await pause(REFRESH_EVERY_MS, signal)
    while (!signal.aborted && known.kind === 'waiting') {
      await refresh()
      isFresh = true
      join()
      await evaluate()
      await pause(Math.min(REFRESH_EVERY_MS, Math.max(1, dueMs - nowMs())), signal)
    }
  }

  return {
    follow(onKnown, onSeen) {
      tell = { known: onKnown, seen: onSeen }
      table.setPods(set.found().pods, nowMs())
      join()
      if (set.found().unknown === undefined) void refreshOn()
      else void evaluate()
    },
    onKnown(changed) {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    seen,
    async again(samples) {
      const changed = await refresh()
      const members = set.members()
      const [after] = await Promise.all([
        readCounters({ members, rules }, nowMs, signal),
        lookAtAll({ members, rules }, table, nowMs, signal),
      ])
      for (const uid of restartedBetween(before, after)) table.noteRestart(uid)
      const areConfirmed = standing().status === 'confirmed'
      doubted ??= doubtAfter({ changed, areConfirmed, members, before, after, samples })
      tellSeen()
      return doubted === undefined
    },
    doubt(why) {
      doubted ??= why
      tellSeen()
    },
    stop: () => ending.abort(),
  }
}
