import { type RestoreSeen, restoreSeen } from '../rollout/diagnosis/restored-text.ts'
import type { Outcome } from '../rollout/model/outcome.ts'
import { percentsText } from '../rollout/model/percents.ts'
import { timeText, weightsOnObject } from './figures.ts'
import { untouchedText } from './log/closing.ts'
import type { RunRecord } from './record.ts'

/** What the run did to the object and the gateway to it, a sentence each: writes, the switch, the way back and its proof, or that it wrote nothing. */
export function whatHappened(record: RunRecord, outcome: Outcome): string[] {
  const lines = [
    written(record),
    switched(outcome),
    restore(record, outcome),
    untouchedText(outcome),
  ]
  return lines.filter((line) => line !== '')
}

function written({ ramp, plan }: RunRecord): string {
  const writes = ramp.filter(({ kind }) => kind === 'write')
  if (writes.length === 0) return ''
  const all = writes.map(
    ({ weights, endMs }) => `${percentsText(weights ?? {})} (at ${timeText(endMs)})`,
  )
  const added = plan?.added === undefined ? '' : `, with ${plan.added} added to the entry`
  return `Written: ${all.join(', then ')}${added}.`
}

function switched({ checks }: Outcome): string {
  const last = checks.at(-1)
  return last?.propagationMs === undefined
    ? ''
    : `The gateway switched ${timeText(last.propagationMs)} after the last write.`
}

function restore({ ramp, restoreCheck }: RunRecord, outcome: Outcome): string {
  const { rolledBack, previousWeights, verdict, reason } = outcome
  if (!rolledBack || previousWeights === undefined || verdict === 'restored') return ''
  const back = ramp.find(({ kind }) => kind === 'restore-check')
  const when = back === undefined ? '' : ` at ${timeText(back.startMs)}`
  return `Restored${when}: ${weightsOnObject(previousWeights, outcome)}, because the run ended with ${verdict} (${reason}). ${seenText(restoreSeen(restoreCheck), reason)}`
}

function seenText(seen: RestoreSeen, reason: Outcome['reason']): string {
  return seen === 'confirmed' && reason === 'not-propagated'
    ? 'The gateway still uses them: it never left them.'
    : SEEN[seen]
}

const SEEN: Readonly<Record<RestoreSeen, string>> = {
  confirmed: 'The gateway uses them.',
  fits: "The gateway's split fits them, but does not confirm them.",
  'fits-both': "The gateway's split fits them and this run's weights alike.",
  'fits-swapped': "The gateway's split fits them if expressions are swapped in expect.",
  refuted: 'The gateway does not use them.',
  unanswered: 'Connections still go without a recognized reply.',
  'not-judged': 'Whether the gateway uses them cannot be judged from its replies.',
  'not-seen': 'Whether the gateway uses them was not checked.',
}
