import { pause } from '../../kube/pause.ts'
import { diagnose } from '../../split/diagnosis/diagnose.ts'
import { evidenceOf } from '../diagnosis/evidence-of.ts'
import type { Check } from '../model/check.ts'
import type { Context } from '../model/context.ts'
import { errorChance } from '../plan/plan-checks.ts'
import { followProxies } from '../proxies/follow-proxies.ts'
import type { OpenedProxies } from '../proxies/opened-proxies.ts'

/**
 * Waits until every proxy of the rule has restored weights. It takes no samples: counters would need users for it. The check
 * passes if all have them.
 */
export async function awaitProxies(
  context: Context,
  { check, proxies }: { check: Check; proxies: OpenedProxies },
  signal: AbortSignal,
): Promise<Check> {
  const { emit, nowMs, options } = context
  const over = new AbortController()
  const following = followProxies({
    set: proxies.set,
    rules: proxies,
    everHeld: proxies.everHeld,
    wanted: { shares: check.target, stamps: undefined },
    startMs: nowMs(),
    isWritten: true,
    propagationTimeoutMs: options.propagationTimeoutMs,
    nowMs,
    signal,
  })
  let ended: Check['ended']
  following.follow(
    ({ kind }) => {
      if (kind === 'waiting') return
      if (kind !== 'guarded') ended = kind === 'confirmed' ? 'pass' : 'not-propagated'
      over.abort()
    },
    () => undefined,
  )
  // Its own time limit ends it, or the run's.
  await pause(Number.POSITIVE_INFINITY, AbortSignal.any([signal, over.signal]))
  const seen = { ...check, ended, proxies: following.seen() }
  following.stop()
  const alpha = errorChance(options)
  const diagnosis =
    ended === 'pass' ? undefined : diagnose(evidenceOf({ check: seen, alpha, before: undefined }))
  const restored = { ...seen, diagnosis }
  emit({ kind: 'restore-checked', check: restored })
  return restored
}
