import type { ProxyPod } from '../../gateways/proxies/found-proxies.ts'
import type { HeldRule } from '../../gateways/proxies/held-rule.ts'
import { plainList } from '../../problem/list-text.ts'
import type { ProxiesSeen, ProxySeen } from '../model/check.ts'
import { type NewWeights, stateOf } from './new-weights.ts'

/** How far the proxies of a rule have come together. */
export type Standing = { status: ProxiesSeen['status']; why?: string }

/** What each proxy of a rule has of the weights of a check. */
export type ProxyTable = {
  /** The Pods as they were read last. A Pod that is not among them is gone. */
  setPods(pods: readonly ProxyPod[], nowMs: number): void
  /** What a proxy was seen to have; `nowMs` is the clock of `startMs`. */
  note(uid: string, held: HeldRule, nowMs: number): void
  cannotRead(uid: string, why: string): void
  /** The proxy restarted since it was seen to have the weights. */
  noteRestart(uid: string): void
  /** Whether it has the new weights. */
  isConfirmed(uid: string): boolean
  standing(nowMs: number): Standing
  /** The Pods, by uid, where connections keep the weights with which they were accepted. */
  keepers(): string[]
  proxies(): ProxySeen[]
}

export type TableRules = {
  wanted: NewWeights
  /** When the write was answered, or the check began without one. */
  startMs: number
  /** Whether something was written, so that proxies are dated. */
  isWritten: boolean
  /** When a proxy that can be read must have the new weights. */
  dueMs: number
  /** The Pods, by uid, that had the rule before. Those that are seen to have it are added. */
  everHeld: Set<string>
}

type Row = { pod: ProxyPod; isNew: boolean; isKeeper: boolean } & Omit<
  ProxySeen,
  'pod' | 'role'
> & {
    /** When it was read last, or was first known. */
    readMs: number
  }

/** Proxies that a sentence names. */
const MOST_NAMED = 3
/** A proxy that does not answer for so long cannot be read. */
const SILENT_MS = 3000

export function startProxyTable(rules: TableRules): ProxyTable {
  const { wanted, startMs, isWritten, dueMs, everHeld } = rules
  const rows = new Map<string, Row>()
  let isFirst = true

  function running(): Row[] {
    return [...rows.values()].filter(({ state }) => state !== 'gone')
  }

  function named(some: readonly Row[]): string {
    const names = some.slice(0, MOST_NAMED).map(({ pod }) => `${pod.namespace}/${pod.name}`)
    const more = some.length - names.length
    return plainList([...names, ...(more > 0 ? [`${more} more`] : [])])
  }

  /** It was never seen to have the rule: it may be for something else, or the rule may not be recognized in it. */
  function isWithoutRule({ state, pod }: Row): boolean {
    return state === 'absent' && !everHeld.has(pod.uid)
  }

  function isUnreadable({ state, readMs }: Row, nowMs: number): boolean {
    if (state === 'unreadable' || (state === 'unread' && nowMs >= dueMs)) return true
    return state !== 'confirmed' && nowMs - readMs > SILENT_MS
  }

  function isBehind(row: Row, nowMs: number): boolean {
    if (row.state === 'confirmed' || isUnreadable(row, nowMs)) return false
    return !isWithoutRule(row) || (row.isNew && nowMs < dueMs)
  }

  function unreadableText(those: readonly Row[]): string {
    const why = those[0]?.why ?? 'no answer'
    return `${named(those)} cannot be read: ${why}.`
  }

  return {
    setPods(pods, nowMs) {
      const uids = new Set(pods.map(({ uid }) => uid))
      for (const row of rows.values()) if (!uids.has(row.pod.uid)) row.state = 'gone'
      for (const pod of pods) {
        const row = rows.get(pod.uid)
        if (row === undefined)
          rows.set(pod.uid, {
            pod,
            isNew: !isFirst,
            isKeeper: false,
            state: 'unread',
            readMs: nowMs,
          })
        else row.pod = pod
      }
      isFirst = false
    },
    note(uid, held, nowMs) {
      const row = rows.get(uid)
      if (row === undefined || row.state === 'gone') return
      row.state = stateOf(held, wanted)
      row.readMs = nowMs
      if (held.kind !== 'absent') everHeld.add(uid)
      delete row.why
      row.isKeeper = held.kind === 'held' && held.isKeptByConnections === true
      if (held.kind === 'held') row.shares = held.shares
      else delete row.shares
      if (held.kind === 'held' && held.rejects !== undefined && row.state !== 'confirmed')
        row.why = held.rejects
      if (row.state === 'confirmed' && isWritten)
        row.propagationMs ??= Math.max(0, Math.round(nowMs - startMs))
    },
    cannotRead(uid, why) {
      const row = rows.get(uid)
      if (row === undefined || row.state === 'gone') return
      row.state = 'unreadable'
      row.why = why
    },
    noteRestart(uid) {
      const row = rows.get(uid)
      if (row !== undefined) row.restarted = true
    },
    keepers: () => running().flatMap(({ pod, isKeeper }) => (isKeeper ? [pod.uid] : [])),
    isConfirmed: (uid) => rows.get(uid)?.state === 'confirmed',
    standing(nowMs) {
      const all = running()
      if (all.some((row) => isBehind(row, nowMs)))
        return { status: nowMs < dueMs ? 'waiting' : 'stale' }
      const unreadable = all.filter((row) => isUnreadable(row, nowMs))
      if (unreadable.length > 0) return { status: 'guarded', why: unreadableText(unreadable) }
      const without = all.filter(isWithoutRule)
      if (without.length > 0)
        return { status: 'guarded', why: `The rule is not found in ${named(without)}.` }
      if (all.length === 0) return { status: 'guarded', why: 'No Pod with a proxy is found.' }
      return { status: 'confirmed' }
    },
    proxies: () =>
      [...rows.values()].map(({ pod, isNew: _, isKeeper: __, readMs: ___, state, ...rest }) => ({
        pod: `${pod.namespace}/${pod.name}`,
        role: pod.role,
        state,
        ...rest,
      })),
  }
}
