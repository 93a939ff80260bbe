import { type RestoreSeen, restoreSeen } from '../../rollout/diagnosis/restored-text.ts'
import type { StampsSeen } from '../../rollout/rollback/await-unstamped.ts'
import type { RunRecord } from '../record.ts'

/** What replies show of restored weights; `stamped`: they still have stamps of the run, `too-few`: the last ones have none. */
export type SeenAfterRestore = RestoreSeen | 'stamped' | 'too-few'

const OF_STAMPS: Readonly<Record<StampsSeen, SeenAfterRestore>> = {
  gone: 'confirmed',
  there: 'stamped',
  'too-few': 'too-few',
  unanswered: 'unanswered',
  'no-samples': 'not-seen',
}

/** Whether the gateway uses the restored weights, as far as replies show it. */
export function seenAfterRestore({
  restoreCheck,
  unstamped,
}: Pick<RunRecord, 'restoreCheck' | 'unstamped'>): SeenAfterRestore {
  return unstamped === undefined ? restoreSeen(restoreCheck) : OF_STAMPS[unstamped.seen]
}
