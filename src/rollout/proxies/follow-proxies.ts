import { pause } from '../../kube/pause.ts'
import { within } from '../../kube/within.ts'
import { capitalized, sentence } from '../../problem/sentence.ts'
import type { ProxiesKnown } from '../../split/check/proxy-wait.ts'
import type { ProxiesSeen } from '../model/check.ts'
import type { CheckProxies } from './check-proxies.ts'
import { doubtAfter } from './doubt-after.ts'
import { lagOf } from './lag.ts'
import { startLooking } from './look-on.ts'
import type { SoughtRules } from './opened-proxies.ts'
import {
  LOOK_MS,
  lookAtAll,
  type ReadCounters,
  readCounters,
  restartedBetween,
} from './proxy-looks.ts'
import type { ProxySet } from './proxy-set.ts'
import { type Standing, startProxyTable, type TableRules } from './proxy-table.ts'

/** What it takes to follow the proxies of a check. */
export type FollowOrder = Omit<TableRules, 'dueMs'> & {
  set: ProxySet
  rules: SoughtRules
  propagationTimeoutMs: number
  /** Whether what users do is counted, also on connections from before the write. */
  countsUsers: boolean
  nowMs: () => number
  signal: AbortSignal
}

/** How long after `propagation-timeout` a proxy may still take over the new weights. It is named within 2 s, on a busy machine too. */
const GRACE_MS = 1500
const REFRESH_EVERY_MS = 1000
/** Pods that were read so short a time ago are not read again to begin with. They are after the deciding sample in any case. */
const FRESH_MS = 10_000

/** Follows what the proxies of a rule have. Nothing rejects: what cannot be read has its reason. */
export function followProxies(order: FollowOrder): CheckProxies {
  const { set, rules, nowMs, startMs } = order
  const dueMs = startMs + order.propagationTimeoutMs + GRACE_MS
  const table = startProxyTable({ ...order, dueMs })
  const ending = new AbortController()
  const signal = AbortSignal.any([order.signal, ending.signal])
  const listeners = new Set<() => void>()
  let known: ProxiesKnown = { kind: 'waiting' }
  let tell: { known: (known: ProxiesKnown) => void; seen: (seen: ProxiesSeen) => void } | undefined
  let told = ''
  let doubted: string | undefined
  let isFresh = nowMs() - set.readMs() < FRESH_MS
  let isCounting = false
  let before: ReadCounters = new Map()
  /** The Pods whose proxies were all confirmed, by uid. */
  let confirmed = new Set<string>()

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
    confirmed = podsOf(set)
    const members = set.members()
    const lagMs = await lagOf(members, { ...order, table }, signal)
    before = await readCounters({ members, rules }, nowMs, signal)
    isCounting = false
    if (!signal.aborted && standing().status === 'confirmed')
      settle({ kind: 'confirmed', fromMs: atMs + lagMs })
  }

  /** Returns whether the Pods could be read. */
  async function refresh(): Promise<boolean> {
    const beganMs = nowMs()
    const limit = { ms: LOOK_MS, signal }
    await within(limit, (limited) => set.refresh(limited)).catch(() => true)
    table.setPods(set.found().pods, nowMs())
    return set.readMs() >= beganMs
  }

  const looking = startLooking({ set, rules, table, nowMs, signal, evaluate, refresh })

  /** Pods come and go while others are waited for. */
  async function refreshOn(): Promise<void> {
    if (isFresh) await pause(REFRESH_EVERY_MS, signal)
    while (!signal.aborted && known.kind === 'waiting') {
      await refresh()
      isFresh = true
      looking.join()
      await evaluate()
      const leftMs = dueMs - nowMs()
      await pause(leftMs > 0 ? Math.min(REFRESH_EVERY_MS, leftMs) : REFRESH_EVERY_MS, signal)
    }
  }

  return {
    follow(onKnown, onSeen) {
      tell = { known: onKnown, seen: onSeen }
      table.setPods(set.found().pods, nowMs())
      looking.join()
      if (set.found().unknown === undefined) void refreshOn()
      else void evaluate()
    },
    onKnown(changed) {
      listeners.add(changed)
      return () => listeners.delete(changed)
    },
    seen,
    async again(samples) {
      const areListed = await refresh()
      const pods = podsOf(set)
      const members = set.members()
      const [after] = await Promise.all([
        readCounters({ members, rules }, nowMs, signal),
        lookAtAll({ members, rules }, table, nowMs, signal),
      ])
      for (const uid of restartedBetween(before, after)) table.noteRestart(uid)
      const areConfirmed = standing().status === 'confirmed'
      const areSame = pods.size === confirmed.size && [...pods].every((uid) => confirmed.has(uid))
      doubted ??= doubtAfter({ areListed, areSame, areConfirmed, members, before, after, samples })
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

function podsOf(set: ProxySet): Set<string> {
  return new Set(set.found().pods.map(({ uid }) => uid))
}
