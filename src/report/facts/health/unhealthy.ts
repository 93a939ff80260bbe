import { exactDurationText } from '../../../evidence/duration-text.ts'
import { mostlyOwnErrors } from '../../../rollout/diagnosis/subject.ts'
import type { Check } from '../../../rollout/model/check.ts'
import type { Outcome } from '../../../rollout/model/outcome.ts'
import { theSplitter } from '../../../rollout/model/splitter.ts'
import { errorsOf, errorsText } from '../errors.ts'
import { limitStates } from './limits.ts'
import { ofText } from './rate.ts'

/** `v2 is unhealthy, 8 of 14 requests were errors`, `v2 is too slow, 40 of 178 requests took longer than 250 ms` */
export function unhealthyText({ checks }: Outcome): string {
  const last = checks.at(-1)
  const cause = last?.diagnosis?.cause
  if (last === undefined || cause === undefined || !('destination' in cause))
    return 'a destination has too many errors'
  const { destination } = cause
  if (destination === undefined) return 'a destination has too many errors'
  const name = last.names[destination]
  if (cause.kind === 'above-limit' && cause.question.kind === 'max-latency') {
    const { overMs } = cause.question
    const state = limitStates(last).find(
      (one) => one.question.kind === 'max-latency' && one.destination === destination,
    )
    const counted = state
      ? `, ${ofText(state)} ${last.unit}s took longer than ${exactDurationText(overMs)}`
      : ''
    return `${name} is too slow${counted}`
  }
  const errors = errorsOf(last)?.[destination]
  if (errors && mostlyOwnErrors(last, destination) !== undefined)
    return `${errorsText(errors)} ${last.unit}s to ${errors.name} were errors, most of ${theSplitter(last)} itself`
  const inWatch = last.watch?.ended === 'alarm' ? last.watch.tallies?.[destination] : undefined
  if (inWatch) {
    const rate = { events: inWatch.errors, samples: inWatch.ok + inWatch.errors }
    return `${name} is unhealthy, ${ofText(rate)} ${last.unit}s in the watch ${endedText(last)}`
  }
  const counted = errors ? `, ${errorsText(errors)} ${last.unit}s ${endedText(last)}` : ''
  return `${name} is unhealthy${counted}`
}

function endedText({ unit }: Pick<Check, 'unit'>): string {
  return unit === 'request' ? 'were errors' : 'ended with an error'
}

/** ` is undecided, no request to v2 was a success`, ` is confirmed, but max-errors of v2 is undecided` */
export function undecidedText({ reason, checks }: Outcome): string {
  const last = checks.at(-1)
  const cause = last?.diagnosis?.cause
  if (reason === 'limit-reached' && last?.ended === 'pass') return ' is confirmed, but time ran out'
  if (reason === 'health-undecided' && cause?.kind === 'limit-open')
    return ` is confirmed, but ${cause.question.kind} is undecided for ${last?.names[cause.destination]}`
  if (reason !== 'health-undecided' || cause?.kind !== 'no-success') return ' is undecided'
  return ` is undecided, no ${last?.unit ?? 'request'} to ${last?.names[cause.destination]} was a success`
}
