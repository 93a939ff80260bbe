import { startPace } from '../../evidence/probe/pace.ts'
import { type ProberSettings, type Sample, startProbing } from '../../evidence/probe/prober.ts'
import { pause } from '../../kube/pause.ts'
import type { ChangePoint } from '../../split/judge/change-point.ts'
import { SAMPLES_PER_SECOND_BEFORE_SWITCH } from '../../split/judge/error-spending.ts'
import { UNCLASSIFIED } from '../../split/judge/judge-attempt.ts'
import { awaitSwitch } from '../../split/judge/switch-detector.ts'
import type { CheckTask } from './check-task.ts'

/**
 * A few connections between a write and its first try: they date the moment at which the gateway
 * switches, and the wait for it. Resolves when the first try is to begin, to how many reached each destination.
 */
export async function watch(
  order: CheckTask,
  startMs: number,
  change: ChangePoint | undefined,
): Promise<number[]> {
  const { nowMs, signal } = order
  const watching = awaitSwitch(change, startMs, order.propagationTimeoutMs)
  let endsMs = watching.endsMs()
  let moved = new AbortController()
  let connections = 0
  const counts = order.check.names.map(() => 0)
  const look = ({ classified, launchedMs }: Sample) => {
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
  order.emit({ kind: 'awaited-switch', connections })
  return counts
}

function atWatchPace({ gateway, nowMs }: CheckTask): ProberSettings {
  const pace = startPace(SAMPLES_PER_SECOND_BEFORE_SWITCH, nowMs())
  return { ...gateway, paces: [...gateway.paces, pace], nowMs }
}
