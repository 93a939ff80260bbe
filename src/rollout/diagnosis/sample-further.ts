import type { EvidenceSample, Sampling } from '../../evidence/evidence-source.ts'
import { latestSplit } from '../../split/diagnosis/latest-split.ts'
import type { CheckTask } from '../check/check-task.ts'
import { note, nothingLost } from '../check/observed-replies.ts'
import type { ObservedReplies } from '../model/check.ts'
import { attemptsOf } from './evidence-of.ts'

/** How many connections to have in all, and how long to take for them: wrong weights stay in force meanwhile. */
export type Further = { enough: number; mostMs: number }

/** So many connections show what a gateway does instead of using the weights. */
export const AFTER_OFF_TARGET: Further = { enough: 300, mostMs: 500 }
/** Connections are lost in production too, so this takes no longer than a refusal takes to show. */
export const AFTER_NO_REPLY: Further = { enough: 150, mostMs: 150 }

/**
 * A dozen connections can refute weights that are far off, and say little of the split that there is. The connections
 * here are not judged: the check is decided. They only help to say why.
 */
export async function sampleFurther(
  order: CheckTask,
  { enough, mostMs }: Further,
): Promise<ObservedReplies> {
  const { check, alpha, source, signal } = order
  const counts = check.names.map(() => 0)
  const lost = nothingLost()
  let unclassified = 0
  const known = latestSplit(attemptsOf(check), alpha).counts.reduce((sum, one) => sum + one, 0)
  const most = enough - known
  // Counters go on to show the split, and not how a single sample ends.
  if (check.counted !== undefined || most <= 0 || signal.aborted)
    return { counts, unclassified, ...lost }
  let ended = 0
  await new Promise<void>((resolve) => {
    let sampling: Sampling | undefined
    const finish = () => {
      sampling?.stop()
      clearTimeout(timer)
      signal.removeEventListener('abort', finish)
      resolve()
    }
    const timer = setTimeout(finish, mostMs)
    signal.addEventListener('abort', finish)
    const take = (sample: EvidenceSample) => {
      if (sample.kind === 'counts') return
      const { classified, destination } = sample
      if (classified.kind === 'client-limit' || classified.kind === 'previous') return
      if (destination === undefined) unclassified += 1
      else counts[destination] = (counts[destination] ?? 0) + 1
      if (classified.kind === 'unclassified') note(lost, classified)
      ended += 1
      if (ended >= most) finish()
    }
    sampling = source.start({ most: () => most }, take)
    if (ended >= most) sampling.stop()
  })
  order.emit({ kind: 'sampled-further', samples: ended })
  return { counts, unclassified, ...lost }
}
