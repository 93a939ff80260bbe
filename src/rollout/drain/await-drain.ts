import { pause } from '../../kube/pause.ts'
import { within } from '../../kube/within.ts'
import { abortCauseOf } from '../../problem/aborted.ts'
import type { Context } from '../model/context.ts'
import type { Drain } from '../model/drain.ts'
import { LOOK_MS } from '../proxies/proxy-looks.ts'
import type { ProxySet } from '../proxies/proxy-set.ts'
import { type DrainRules, type ProxyLook, startDrain } from './drain-course.ts'

/** Between two looks: drains take seconds to minutes. */
const LOOK_EVERY_MS = 500
/** The Pods are read again after so many looks. */
const REFRESH_EVERY = 4

/** Looks at the proxies until they have nothing in progress for the retired destinations, or the time limit is over. */
export async function awaitDrain(
  { emit, nowMs, countersEveryMs }: Pick<Context, 'emit' | 'nowMs' | 'countersEveryMs'>,
  proxies: Pick<ProxySet, 'members' | 'refresh'>,
  rules: DrainRules & { filter: string | undefined },
  signal: AbortSignal,
): Promise<Drain> {
  const course = startDrain(rules)
  let known: Drain | undefined
  for (let looks = 1; ; looks += 1) {
    const seen = await lookAtAll(proxies, rules.filter, signal)
    const isCutShort = signal.aborted && seen.some(({ counters }) => counters === undefined)
    // What could not be read because the run was ended says nothing. What was read before does.
    const now: Drain = isCutShort && known ? known : course.observe(nowMs(), seen)
    const isLast = now.ended !== undefined || signal.aborted
    const drain = isCutShort || now.ended === undefined ? stopped(now, signal) : now
    emit({ kind: 'draining', now: drain })
    if (isLast) return drain
    known = now
    await pause(countersEveryMs ?? LOOK_EVERY_MS, signal)
    // A Pod that came later may have connections of its own; if the Pods cannot be read, those known are looked at.
    if (looks % REFRESH_EVERY > 0) continue
    const limit = { ms: LOOK_MS, signal }
    await within(limit, (limited) => proxies.refresh(limited)).catch(() => false)
  }
}

/** The run was ended before the wait was; the same where it was not. */
function stopped(now: Drain, signal: AbortSignal): Drain {
  if (!signal.aborted) return now
  const isOpen = now.retired.some((index) => (now.inProgress[index] ?? 0) > 0)
  const isCancelled = abortCauseOf(signal.reason)?.kind === 'cancelled'
  const ended = isOpen ? 'in-progress' : 'unknown'
  return { ...now, ended, stoppedBy: isCancelled ? 'cancelled' : 'run-time' }
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
