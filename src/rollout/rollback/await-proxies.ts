import { pause } from '../../kube/pause.ts'
import { diagnose } from '../../split/diagnosis/diagnose.ts'
import { evidenceOf } from '../diagnosis/evidence-of.ts'
import type { Check } from '../model/check.ts'
import type { Context } from '../model/context.ts'
import { errorChance } from '../plan/plan-checks.ts'
import type { CheckProxies } from '../proxies/check-proxies.ts'

/**
 * Waits until every proxy of the rule has restored weights, without a sample. The check passes if all have them. It has no
 * end if time ran out, or if not all can be read.
 */
export async function awaitProxies(
  { emit, options }: Pick<Context, 'emit' | 'options'>,
  { check, proxies }: { check: Check; proxies: CheckProxies },
  signal: AbortSignal,
): Promise<Check> {
  const over = new AbortController()
  let ended: Check['ended']
  proxies.follow(
    ({ kind }) => {
      if (kind === 'waiting') return
      if (kind !== 'guarded') ended = kind === 'confirmed' ? 'pass' : 'not-propagated'
      over.abort()
    },
    (now) => emit({ kind: 'proxies', check, now }),
  )
  // Its own time limit ends it, or the run's.
  await pause(Number.POSITIVE_INFINITY, AbortSignal.any([signal, over.signal]))
  const seen = { ...check, ended, proxies: proxies.seen() }
  proxies.stop()
  const alpha = errorChance(options)
  const diagnosis =
    ended === 'pass' ? undefined : diagnose(evidenceOf({ check: seen, alpha, before: undefined }))
  const restored = { ...seen, diagnosis }
  emit({ kind: 'restore-checked', check: restored })
  return restored
}
