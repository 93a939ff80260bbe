import type { Outcome } from '../rollout/outcome.ts'
import { percentsText } from '../rollout/percents.ts'
import { timeText } from './figures.ts'
import type { RunRecord } from './record.ts'

/** What the run did to the object and the gateway to it, a sentence each: writes, the switch, the way back and its proof. */
export function whatHappened(record: RunRecord, outcome: Outcome): string[] {
  const lines = [written(record), switched(outcome), putBack(record, outcome)]
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

function putBack(
  { ramp, restoreCheck }: RunRecord,
  { rolledBack, previousWeights, verdict, reason }: Outcome,
): string {
  if (!rolledBack || previousWeights === undefined || verdict === 'restored') return ''
  const back = ramp.find(({ kind }) => kind === 'restore-proof')
  const when = back === undefined ? '' : ` at ${timeText(back.startMs)}`
  const seen =
    restoreCheck?.ended === 'pass'
      ? 'The gateway was seen to act on it'
      : 'The gateway was not seen to act on it'
  return `Put back${when}: ${percentsText(previousWeights)}, because the run ended with ${verdict} (${reason}). ${seen}.`
}
