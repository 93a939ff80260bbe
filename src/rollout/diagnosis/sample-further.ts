import { type Draw, type Probing, startProbing } from '../../probe/prober.ts'
import { latestSplit } from '../../split/diagnosis/latest-split.ts'
import type { Answered } from '../../split/who-is-silent.ts'
import type { ProofOrder } from '../proof-order.ts'
import { attemptsOf } from './evidence-of.ts'

/** So many connections show what a gateway does instead of what it was told. */
const ENOUGH = 300
/** Wrong weights stay in force meanwhile. */
const MOST_MS = 500

/**
 * A dozen connections can refute weights that are far off, and say little of the split that there is. The connections
 * here are not judged: the check is decided. They only help to say why.
 */
export async function sampleFurther(order: ProofOrder): Promise<Answered> {
  const { check, alpha, gateway, nowMs, signal } = order
  const counts = check.names.map(() => 0)
  let unclassified = 0
  const known = latestSplit(attemptsOf(check), alpha).counts.reduce((sum, one) => sum + one, 0)
  const most = ENOUGH - known
  if (most <= 0 || signal.aborted) return { counts, unclassified }
  let ended = 0
  await new Promise<void>((resolve) => {
    let probing: Probing | undefined
    const finish = () => {
      probing?.stop()
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, MOST_MS)
    signal.addEventListener('abort', finish)
    const take = ({ classified }: Draw) => {
      if (classified.kind === 'client-limit') return
      if (classified.kind === 'destination')
        counts[classified.index] = (counts[classified.index] ?? 0) + 1
      else unclassified += 1
      ended += 1
      if (ended >= most) finish()
    }
    probing = startProbing({ ...gateway, nowMs, most: () => most }, take)
    if (ended >= most) probing.stop()
  })
  order.emit({ kind: 'sampled-further', connections: ended })
  return { counts, unclassified }
}
