import { pause } from '../../kube/pause.ts'
import { within } from '../../kube/within.ts'
import type { Context } from '../model/context.ts'
import type { Drain } from '../model/drain.ts'
import type { ProxySet } from '../proxies/proxy-set.ts'
import { type DrainRules, type ProxyLook, startDrain } from './drain-course.ts'

/** Between two looks: drains take seconds to minutes. */
const LOOK_EVERY_MS = 500
/** The Pods are read again after so many looks. */
const REFRESH_EVERY = 4
/** The longest that one look at a proxy may take. */
const LOOK_MS = 2000

/** Looks at the proxies until they have nothing in progress for the retired destinations, or the time limit is over. */
export async function awaitDrain(
  { emit, nowMs, countersEveryMs }: Pick<Context, 'emit' | 'nowMs' | 'countersEveryMs'>,
  proxies: Pick<ProxySet, 'members' | 'refresh'>,
  rules: DrainRules & { filter: string | undefined },
  signal: AbortSignal,
): Promise<Drain> {
  const course = startDrain(rules)
  for (let looks = 1; ; looks += 1) {
    const now = course.observe(nowMs(), await lookAtAll(proxies, rules.filter, signal))
    const isLast = now.ended !== undefined || signal.aborted
    const drain: Drain = isLast ? { ...now, ended: now.ended ?? cutShort(now) } : now
    emit({ kind: 'draining', now: drain })
    if (isLast) return drain
    await pause(countersEveryMs ?? LOOK_EVERY_MS, signal)
    // A Pod that came later may have connections of its own; if the Pods cannot be read, those known are looked at.
    if (looks % REFRESH_EVERY === 0) await proxies.refresh(signal).catch(() => false)
  }
}

/** The run's time is over before the wait is. */
function cutShort({ retired, inProgress }: Drain): Drain['ended'] {
  return retired.some((index) => (inProgress[index] ?? 0) > 0) ? 'in-progress' : 'unknown'
}

function lookAtAll(
  proxies: Pick<ProxySet, 'members'>,
  filter: string | undefined,
  signal: AbortSignal,
): Promise<ProxyLook[]> {
  return Promise.all(
    proxies.members().map(async ({ pod, admin }) => {
      const look =
        admin && within({ ms: LOOK_MS, signal }, (limited) => admin.counters(limited, filter))
      const counters = await look?.catch(() => undefined)
      return { proxy: pod.uid, counters }
    }),
  )
}
