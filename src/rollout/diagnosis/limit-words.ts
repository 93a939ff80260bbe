import { durationText, exactDurationText } from '../../evidence/duration-text.ts'
import type { Cause, Diagnosis } from '../../split/diagnosis/diagnosis.ts'
import type { HealthState } from '../../split/health/health.ts'
import type { LimitQuestion } from '../../split/health/health-rules.ts'
import { countText, limitPercent, shareText } from '../model/percents.ts'
import { errorsText } from './health-words.ts'
import type { Subject } from './subject.ts'

type AboveLimit = Extract<Cause, { kind: 'above-limit' }>
type LimitOpen = Extract<Cause, { kind: 'limit-open' }>

/** A limit as the inputs say it: `max-errors (1%)`, `max-latency (p99=250ms)`. */
export function limitText(question: LimitQuestion): string {
  if (question.kind === 'max-errors') return `max-errors (${limitPercent(question.limit)}%)`
  const percent = limitPercent(1 - question.limit)
  return `max-latency (p${percent}=${exactDurationText(question.overMs).replace(' ', '')})`
}

/** That a destination is above a limit, with what shows it. */
export function aboveLimitText(cause: AboveLimit, diagnosis: Diagnosis, subject: Subject): string {
  const { destination, question } = cause
  const name = subject.names[destination]
  const what = `${name} exceeds ${limitText(question)}`
  if (question.kind === 'max-errors')
    return `${what}: ${errorsText(destination, diagnosis, subject)}`
  const { samples = 0, events = 0 } = stateOf(cause, diagnosis) ?? {}
  const share = samples === 0 ? '' : `, which is ${shareText(events / samples, samples)}`
  return `${what}: ${countText(events)} of ${countText(samples)} replies of ${name} took longer than ${exactDurationText(question.overMs)}${share}.`
}

/** That a limit is not decided, what the samples show so far, and what is missing. */
export function limitOpenText(cause: LimitOpen, diagnosis: Diagnosis, subject: Subject): string {
  const { names, unit, spanMs } = subject
  const name = names[cause.destination]
  const {
    samples,
    events,
    unattributed,
    spanMs: spannedMs,
  } = stateOf(cause, diagnosis)?.pass ?? NONE
  const isErrors = cause.question.kind === 'max-errors'
  const own = `${countText(events - unattributed)} of them ${isErrors ? 'errors' : 'slow or errors'}`
  const counted = `${countText(samples)} ${unit}s count for ${name}, ${own}`
  const what = `The split is confirmed, but ${limitText(cause.question)} is not decided for ${name}: ${counted}`
  switch (cause.heldBackBy) {
    case 'unattributed':
      return `${what}, and ${countText(unattributed)} of no known destination. ${mayBeOf(name, unattributed)} as ${isErrors ? (unattributed === 1 ? 'an error' : 'errors') : 'slow'}. Without ${unattributed === 1 ? 'it' : 'them'}, ${name} would have passed.`
    case 'span':
      return `${what}. That would be enough, but they span ${durationText(spannedMs)}, and health-span is ${durationText(spanMs)}.`
    case undefined:
      return `${what}${unattributed === 0 ? '' : `, and ${countText(unattributed)} of no known destination`}.`
  }
}

function mayBeOf(name: string | undefined, count: number): string {
  return count === 1
    ? `It may have gone to ${name}, so it counts`
    : `These may all have gone to ${name}, so they count`
}

/** What to do where a limit is not decided. */
export function limitOpenAdvice(cause: LimitOpen, { ended }: Diagnosis, subject: Subject): string {
  const { unit, stamped, commands, connections } = subject
  if (cause.heldBackBy === 'unattributed')
    return unit === 'request' && !stamped
      ? `To attribute errors to a destination, use expect: stamp, or expect the error replies of each version too. expect has ${subject.expect}.`
      : `Find out why these ${unit}s get no recognized reply. Check the Pods:\n  ${commands.pods}`
  const more =
    ended !== 'time' && connections !== undefined
      ? `Raise connections above ${countText(connections)}, or leave it out`
      : undefined
  if (cause.heldBackBy === 'span') return `${more ?? 'Raise timeout'}, or lower health-span.`
  const near = `A rate near its limit takes many ${unit}s to decide. A good limit is four times the rate that you expect.`
  if (more !== undefined) return `${more}. ${near}`
  if (ended !== 'time')
    return `Find out whether this rate of ${subject.names[cause.destination]} is acceptable, then set a higher limit or reduce the rate. ${near}`
  const ways = subject.isRateSet ? 'timeout, concurrency or rate' : 'timeout or concurrency'
  return `Raise ${ways}. ${near}`
}

const NONE: HealthState['pass'] = { samples: 0, events: 0, unattributed: 0, spanMs: 0 }

function stateOf(
  { destination, question }: AboveLimit | LimitOpen,
  { health }: Diagnosis,
): HealthState | undefined {
  return health?.states.find(
    (state) => state.destination === destination && state.question.kind === question.kind,
  )
}
