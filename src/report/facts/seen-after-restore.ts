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

/** What is said of restored weights. */
export const SEEN: Readonly<Record<SeenAfterRestore, string>> = {
  confirmed: 'The gateway uses them.',
  fits: 'The split fits them, but does not confirm them.',
  'fits-both': "The split fits them and this run's weights alike.",
  'fits-swapped': 'The split fits them if expressions are swapped in expect.',
  refuted: 'The gateway does not use them.',
  unanswered: 'Samples still get no recognized reply.',
  'not-judged': 'Whether the gateway uses them cannot be judged from its replies.',
  stamped:
    'Replies still have stamps of this run, so at least a part of the gateway does not use them.',
  'too-few':
    'Whether the whole gateway uses them is not known. The last replies had no stamp of this run, but they are too few.',
  unhealthy: 'Whether the gateway uses them is not confirmed, because errors ended the check.',
  'stale-proxies': 'At least one proxy does not have them.',
  'not-seen': 'Whether the gateway uses them was not checked.',
}

/** The same of weights that the run keeps. */
export const SEEN_OF_KEPT: typeof SEEN = {
  ...SEEN,
  'fits-both': 'The split fits them and the previous weights alike.',
  unanswered: 'Some samples still get no recognized reply.',
}
