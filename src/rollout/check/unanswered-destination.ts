import { TOLERATED } from '../../split/judge/no-reply.ts'
import { leavesUnanswered, type ReplyCounts } from '../../split/judge/unanswered-destinations.ts'
import type { Check } from '../model/check.ts'

/** Whether connections that went unanswered before the write are a matter of the weights from before it. */
export function endsWithWrite({ old, target }: Check, before: ReplyCounts): boolean {
  const samples = before.counts.reduce((sum, count) => sum + count, before.unclassified)
  if (before.unclassified <= TOLERATED * samples) return false
  // Another client changed the object just now, and its previous weights are not known.
  return old === undefined || leavesUnanswered(before, old, target, TOLERATED)
}

/**
 * Whether connections that still go unanswered are a matter of the weights that were rolled back. There is no point in
 * waiting for previous weights under which some went unanswered from the start, or would now.
 */
export function endsWithRollback(
  replyCounts: ReplyCounts | undefined,
  last: Check,
  original: readonly number[],
): boolean {
  if (replyCounts?.unclassified !== 0) return false
  const met = last.attempts.at(-1)
  return (
    last.ended !== 'no-reply' ||
    met === undefined ||
    leavesUnanswered(met, last.target, original, TOLERATED)
  )
}
