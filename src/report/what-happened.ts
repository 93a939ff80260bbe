import type { Outcome } from '../rollout/model/outcome.ts'
import { percentsText } from '../rollout/model/percents.ts'
import { clockText } from './facts/clock.ts'
import { hasStayed } from './facts/written.ts'
import { timeText } from './figures.ts'
import type { RunRecord } from './record.ts'

/** What the run did to the object, and when its weights took effect, a sentence each. */
export function whatHappened(record: RunRecord, outcome: Outcome): string[] {
  const lines = [written(record), tookEffect(outcome), restored(record, outcome)]
  return lines.filter((line) => line !== '')
}

function written(record: RunRecord): string {
  const { ramp, plan } = record
  const writes = ramp.filter(({ kind }) => kind === 'write')
  if (writes.length === 0) return ''
  const all = writes.map(
    ({ weights, endMs }) => `${percentsText(weights ?? {})} at ${clockText(record, endMs)}`,
  )
  const added = plan?.added === undefined ? '' : ` ${plan.added} was added to the rule.`
  return `Written: ${all.join(', then ')}.${added}`
}

function tookEffect({ checks }: Outcome): string {
  const last = checks.at(-1)
  return last?.propagationMs === undefined
    ? ''
    : `The weights took effect ${timeText(last.propagationMs)} after the last write.`
}

function restored(record: RunRecord, outcome: Outcome): string {
  const { rolledBack, lastStep, verdict, reason } = outcome
  const weights = lastStep?.weights ?? outcome.previousWeights
  if (!rolledBack || weights === undefined || verdict === 'restored') return ''
  const why = `because the run ended with ${verdict} (${reason}).`
  if (hasStayed(record, outcome))
    return `Kept: ${percentsText(weights)}, the last confirmed step, ${why}`
  const span = record.ramp.find(({ kind }) => kind === 'restore-check')
  const when = span === undefined ? '' : ` at ${clockText(record, span.startMs)}`
  const step = lastStep === undefined ? '' : ', the last confirmed step'
  return `Restored: ${percentsText(weights)}${step}${when}, ${why}`
}
