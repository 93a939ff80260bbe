import { startPace } from '../../evidence/probe/pace.ts'
import { type Draw, type ProberSettings, startProbing } from '../../evidence/probe/prober.ts'
import type { ChangePoint } from '../../split/judge/change-point.ts'
import { UNCLASSIFIED } from '../../split/judge/judge-try.ts'
import { WATCH_PER_SECOND } from '../../split/judge/tries.ts'
import { watchForSwitch } from '../../split/judge/watch.ts'
import { pause } from './pause.ts'
import type { ProofOrder } from './proof-order.ts'

/**
 * A few connections between a write and its first try: they date the moment at which the gateway
 * switches, and the wait for it. Resolves when the first try is to begin, to how many reached each destination.
 */
export async function watch(
  order: ProofOrder,
  startMs: number,
  change: ChangePoint | undefined,
): Promise<number[]> {
  const { nowMs, signal } = order
  const watching = watchForSwitch(change, startMs, order.propagationTimeoutMs)
  let endsMs = watching.endsMs()
  let moved = new AbortController()
  let connections = 0
  const counts = order.check.names.map(() => 0)
  const look = ({ classified, launchedMs }: Draw) => {
    connections += 1
    if (classified.kind === 'client-limit') return
    if (classified.kind === 'destination')
      counts[classified.index] = (counts[classified.index] ?? 0) + 1
    watching.observe(
      classified.kind === 'destination' ? classified.index : UNCLASSIFIED,
      launchedMs,
    )
    if (watching.endsMs() === endsMs) return
    endsMs = watching.endsMs()
    moved.abort()
  }
  const probing = change && startProbing(atWatchPace(order), look)
  while (nowMs() < endsMs && !signal.aborted) {
    moved = new AbortController()
    await pause(endsMs - nowMs(), AbortSignal.any([signal, moved.signal]))
  }
  probing?.stop()
  order.emit({ kind: 'watched', connections })
  return counts
}

function atWatchPace({ gateway, nowMs }: ProofOrder): ProberSettings {
  const pace = startPace(WATCH_PER_SECOND, nowMs())
  return { ...gateway, paces: [...gateway.paces, pace], nowMs }
}
