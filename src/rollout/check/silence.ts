import { TOLERATED } from '../../split/judge/no-reply.ts'
import { type Answered, leavesSilence } from '../../split/judge/who-is-silent.ts'
import type { Check } from '../model/check.ts'

/** Whether connections that went unanswered before the write are a matter of the weights from before it. */
export function endsWithWrite({ old, target }: Check, before: Answered): boolean {
  const draws = before.counts.reduce((sum, count) => sum + count, before.unclassified)
  if (before.unclassified <= TOLERATED * draws) return false
  // Somebody else changed the object just now, and nobody knows from what.
  return old === undefined || leavesSilence(before, old, target, TOLERATED)
}

/**
 * Whether connections that still go unanswered are a matter of the weights that were taken back:
 * nobody waits for old ones under which some went unanswered from the first, or would now.
 */
export function endsWithRollback(
  heard: Answered | undefined,
  last: Check,
  original: readonly number[],
): boolean {
  if (heard?.unclassified !== 0) return false
  const met = last.tries.at(-1)
  return (
    last.ended !== 'no-reply' ||
    met === undefined ||
    leavesSilence(met, last.target, original, TOLERATED)
  )
}
