import { type RestoreSeen, restoreSeen } from '../../rollout/diagnosis/restored-text.ts'
import { type OfSplitter, TheSplitter, theSplitter } from '../../rollout/model/splitter.ts'
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

/** Whether the restored weights are in use, as far as replies show it. */
export function seenAfterRestore({
  restoreCheck,
  unstamped,
}: Pick<RunRecord, 'restoreCheck' | 'unstamped'>): SeenAfterRestore {
  return unstamped === undefined ? restoreSeen(restoreCheck) : OF_STAMPS[unstamped.seen]
}

/** What is said of restored weights. */
export function seenText(seen: SeenAfterRestore, rule: OfSplitter): string {
  const the = theSplitter(rule)
  const { splitter = 'gateway' } = rule
  switch (seen) {
    case 'confirmed':
      return `${TheSplitter(rule)} uses them.`
    case 'fits':
      return 'The split fits them, but does not confirm them.'
    case 'fits-both':
      return "The split fits them and this run's weights alike."
    case 'fits-swapped':
      return 'The split fits them if expressions are swapped in expect.'
    case 'refuted':
      return `${TheSplitter(rule)} does not use them.`
    case 'unanswered':
      return 'Samples still get no recognized reply.'
    case 'not-judged':
      return `Whether ${the} uses them cannot be judged from its replies.`
    case 'stamped':
      return `Replies still have stamps of this run, so at least a part of ${the} does not use them.`
    case 'too-few':
      return `Whether the whole ${splitter} uses them is not known. The last replies had no stamp of this run, but they are too few.`
    case 'unhealthy':
      return `Whether ${the} uses them is not confirmed, because errors ended the check.`
    case 'stale-proxies':
      return 'At least one proxy does not have them.'
    case 'not-seen':
      return `Whether ${the} uses them was not checked.`
  }
}

/** The same of weights that the run keeps. */
export function seenOfKept(seen: SeenAfterRestore, rule: OfSplitter): string {
  if (seen === 'fits-both') return 'The split fits them and the previous weights alike.'
  return seen === 'unanswered'
    ? 'Some samples still get no recognized reply.'
    : seenText(seen, rule)
}
