import { type RestoreSeen, restoreSeen } from '../../rollout/diagnosis/restored-text.ts'
import type { RunRecord } from '../record.ts'

/** What replies show of restored weights; `stamped`: they still have stamps of the run. */
export type SeenAfterRestore = RestoreSeen | 'stamped'

/** Whether the gateway uses the restored weights, as far as replies show it. */
export function seenAfterRestore({
  restoreCheck,
  unstamped,
}: Pick<RunRecord, 'restoreCheck' | 'unstamped'>): SeenAfterRestore {
  if (unstamped === undefined) return restoreSeen(restoreCheck)
  if (unstamped.gone) return 'confirmed'
  return unstamped.replies === 0 ? 'unanswered' : 'stamped'
}
