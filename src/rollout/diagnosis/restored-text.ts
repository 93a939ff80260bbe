import type { Answered } from '../../split/who-is-silent.ts'
import type { Check } from '../check.ts'
import { connectionsText, countText, observedText, weightsText } from '../percents.ts'

/** What was seen of the gateway after a restore, in a word. */
export type RestoreSeen =
  | 'confirmed'
  | 'fits'
  | 'fits-both'
  | 'fits-swapped'
  | 'refuted'
  | 'unanswered'
  | 'not-judged'
  | 'not-seen'

/** @param check of the restored weights; undefined where there was none */
export function restoreSeen(check: Check | undefined): RestoreSeen {
  if (check === undefined) return 'not-seen'
  if (check.ended === 'pass') return 'confirmed'
  switch (check.diagnosis?.cause.kind) {
    case 'target':
      return 'fits'
    case 'target-or-previous':
      return 'fits-both'
    case 'swapped':
      return check.diagnosis.cause.of === 'target' ? 'fits-swapped' : 'refuted'
    case undefined:
    case 'nothing':
    case 'client-limits':
      return 'not-seen'
    case 'silent':
    case 'unknown-replies':
      return 'unanswered'
    case 'not-independent':
    case 'one-destination':
      return 'not-judged'
    default:
      return 'refuted'
  }
}

/** Whether the gateway uses the restored weights, in a sentence. */
export function restoredText(check: Check | undefined): string {
  const seen = check?.diagnosis?.seen ?? check?.tries.at(-1)
  const observed = check && seen ? observedText(check.names, seen.counts) : ''
  const before =
    check?.diagnosis?.ended === 'connections'
      ? 'but the connections that were allowed did not confirm them'
      : 'but time ran out before they were confirmed'
  const restored = check ? weightsText(check.names, check.target) : ''
  switch (restoreSeen(check)) {
    case 'confirmed':
      return `The previous weights are restored, and the gateway uses them: ${observed}.`
    case 'fits':
      return `The previous weights are restored. The gateway's split fits them (${observed}), ${before}.`
    case 'fits-both':
      return `The previous weights are restored. The gateway's split fits them and this run's weights alike (${observed}), ${before}.`
    case 'fits-swapped':
      return `The previous weights are restored. The gateway's split fits them if expressions are swapped in expect: ${observed}.`
    case 'unanswered':
      return `The previous weights are restored. Whether the gateway uses them cannot be told, as connections still go without a recognized reply: ${countText(seen?.unclassified ?? 0)} of ${connectionsText(drawsOf(seen))}.`
    case 'not-judged':
      return `The previous weights are restored. Whether the gateway uses them cannot be judged from its replies: ${observed}.`
    case 'not-seen':
      return 'The previous weights are restored. Whether the gateway uses them was not checked.'
    case 'refuted':
      return `The previous weights are restored on the object, but the gateway does not use them: observed ${observed}, not ${restored}.`
  }
}

function drawsOf(seen: Answered | undefined): number {
  return seen === undefined ? 0 : seen.counts.reduce((sum, count) => sum + count, seen.unclassified)
}
