import type { ProxyAdmin } from '../../evidence/proxies/proxy-admin.ts'
import { pause } from '../../kube/pause.ts'
import { clauseOf } from './open-proxy-set.ts'
import type { SoughtRules } from './opened-proxies.ts'
import { type Look, lookOnce, type Readable, readable } from './proxy-looks.ts'
import type { ProxySet } from './proxy-set.ts'
import type { ProxyTable } from './proxy-table.ts'
import { type HeldReader, heldReader } from './read-held.ts'

/** A proxy whose reading fails so many times in a row cannot be read. */
const MOST_FAILURES = 3

type Looking = {
  set: Pick<ProxySet, 'members'>
  rules: SoughtRules
  table: Pick<ProxyTable, 'note' | 'cannotRead' | 'isConfirmed'>
  nowMs: () => number
  signal: AbortSignal
  /** Called after each look. */
  evaluate: () => Promise<void>
  /** Reads the Pods again, and opens tunnels that broke. */
  refresh: () => Promise<unknown>
}

/** Looks at each proxy on its own until it has the new weights, is gone or cannot be read. */
export function startLooking({ set, rules, table, nowMs, signal, evaluate, refresh }: Looking) {
  const readers = new WeakMap<ProxyAdmin, HeldReader>()
  const begun = new Set<string>()

  async function lookOn(uid: string): Promise<void> {
    let failures = 0
    for (;;) {
      const member = set.members().find(({ pod }) => pod.uid === uid)
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

  return {
    /** Begins to look at Pods that are not looked at. */
    join(): void {
      for (const { pod } of set.members()) {
        if (begun.has(pod.uid) || table.isConfirmed(pod.uid)) continue
        begun.add(pod.uid)
        void lookOn(pod.uid)
      }
    },
  }
}

/** Milliseconds until the next look at a proxy. To show a large configuration is work for it. */
function pauseAfter(tookMs: number, proxies: number): number {
  return tookMs <= 50 ? Math.max(20, 5 * proxies) : Math.max(200, 5 * tookMs)
}
