import { countedBetween } from '../../evidence/proxies/counter-differences.ts'
import type { ProxyCounters } from '../../evidence/proxies/host-counters.ts'
import { within } from '../../kube/within.ts'
import type { SampleUnit } from '../model/sample-unit.ts'
import { takesOwn } from '../proxies/own-share.ts'
import { LOOK_MS } from '../proxies/proxy-looks.ts'
import type { Counting } from './counting.ts'

/** What the proxies counted since they were first read. */
export type CountedSince = {
  /** By destination. */
  counts: readonly number[]
  /** Proxies that could not be read this time, as `namespace/name` of their Pods. */
  unread: readonly string[]
  /** Whether hosts left with what they had counted. */
  isPartLost: boolean
}

type CountOrder = {
  destinations: number
  unit: SampleUnit
  /** `own`: only proxies that samples of a run may reach. */
  of?: 'own' | 'all'
}

/**
 * Counts what the proxies send to each destination from now on. Each look reads all proxies. A proxy counts from its own
 * first reading on.
 */
export function startCounting(
  { proxies, destinationOf, filter }: Counting,
  { destinations, unit, of = 'all' }: CountOrder,
): { look(signal: AbortSignal): Promise<CountedSince> } {
  const first = new Map<string, ProxyCounters>()
  return {
    async look(signal) {
      const counts = Array<number>(destinations).fill(0)
      const unread: string[] = []
      let isPartLost = false
      const members = proxies.members()
      const isReached = takesOwn(members.map(({ pod }) => pod))
      const counted = of === 'all' ? members : members.filter(({ pod }) => isReached(pod))
      await Promise.all(
        counted.map(async ({ pod, admin }) => {
          const now =
            admin &&
            (await within({ ms: LOOK_MS, signal }, (limited) =>
              admin.counters(limited, filter),
            ).catch(() => undefined))
          if (now === undefined) {
            unread.push(`${pod.namespace}/${pod.name}`)
            return
          }
          const before = first.get(pod.uid) ?? now
          first.set(pod.uid, before)
          const { clusters, resets } = countedBetween(before, now)
          isPartLost ||= [...resets.keys()].some((one) => destinationOf(one) !== undefined)
          for (const [cluster, counted] of clusters) {
            const index = destinationOf(cluster)
            if (index === undefined) continue
            counts[index] =
              (counts[index] ?? 0) + (unit === 'request' ? counted.requests : counted.connections)
          }
        }),
      )
      return { counts, unread, isPartLost }
    },
  }
}
