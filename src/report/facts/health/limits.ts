import { exactDurationText } from '../../../evidence/duration-text.ts'
import type { Check } from '../../../rollout/model/check.ts'
import { countText, limitPercent, samplesText } from '../../../rollout/model/percents.ts'
import type { SampleUnit } from '../../../rollout/model/sample-unit.ts'
import type { HealthState } from '../../../split/health/health.ts'
import { isLimit, type LimitQuestion } from '../../../split/health/health-rules.ts'
import { timeText } from '../../figures.ts'
import { intervalText, judgedText, judgedWord, rateInterval } from './rate.ts'

/** What samples show of one limit and one destination. */
export type LimitFact = {
  destination: string
  question: LimitQuestion
  status: HealthState['status']
  /** A sentence or two: what is shown, by what, and what that does not cover. */
  text: string
}

type LimitState = HealthState & { question: LimitQuestion }

/** The limits that a check tests, of each growing destination. */
export function limitsOf(check: Check, alpha: number): LimitFact[] {
  return limitStates(check).map((state) => ({
    destination: check.names[state.destination] ?? '',
    question: state.question,
    status: state.status,
    text: textOf(state, check, alpha),
  }))
}

/** The same as sentences, and what they do not cover. */
export function limitSentences(check: Check, alpha: number): string[] {
  const facts = limitsOf(check, alpha).filter(({ status }) => isWorthSaying(status, check))
  const hasPassed = facts.some(({ status }) => status === 'passed')
  return [...facts.map(({ text }) => text), ...(hasPassed ? [NOT_COVERED] : [])]
}

/** Where a test failed, nothing else counts any more; where something else ended the check, what is open does not. */
function isWorthSaying(status: HealthState['status'], { health, ended }: Check): boolean {
  if (health?.failed !== undefined) return status === 'failed'
  return status !== 'open' || ended === undefined || ended === 'health-undecided'
}

const NOT_COVERED = 'Patterns over a longer time are not covered.'

export function limitStates({ health }: Pick<Check, 'health'>): LimitState[] {
  return (health?.states ?? []).flatMap(({ question, ...state }) =>
    isLimit(question) ? [{ ...state, question }] : [],
  )
}

/** The limit of times, the same for all destinations; undefined: none. */
export function latencyLimit(
  check: Pick<Check, 'health'>,
): Extract<LimitQuestion, { kind: 'max-latency' }> | undefined {
  for (const { question } of limitStates(check))
    if (question.kind === 'max-latency') return question
  return undefined
}

/** `p99`, `p99.9`: the quantile that the limit is for. */
export function quantileName({ limit }: { limit: number }): string {
  return `p${Number((100 - limit * 100).toFixed(10))}`
}

/** `errors < 1%`, `p99 <= 250 ms`: the limit, where there is room for a few characters. */
export function limitName(question: LimitQuestion): string {
  return question.kind === 'max-errors'
    ? `errors < ${limitPercent(question.limit)}%`
    : `${quantileName(question)} <= ${exactDurationText(question.overMs)}`
}

function textOf(state: LimitState, check: Check, alpha: number): string {
  const { unit } = check
  const name = check.names[state.destination] ?? ''
  switch (state.status) {
    case 'passed':
      return `${passedText(name, state.question, unit)}: ${passEvidence(state, unit)}.`
    case 'failed':
      return `${failedText(name, state.question, unit)}: ${seenText(state, unit)}, which is a rate of ${intervalText(failedInterval(state, alpha))}.`
    case 'open':
      return `${undecidedText(name, state.question, unit)}: ${seenText(state, unit)}.${heldBackText(state)}`
  }
}

/** The test that failed has ruled out rates up to the limit, also where an interval by itself reaches below it. */
function failedInterval(state: LimitState, alpha: number): readonly [number, number] {
  const [low, high] = rateInterval(state, alpha)
  return [Math.max(low, limitPercent(state.question.limit)), high]
}

function passedText(name: string, question: LimitQuestion, unit: SampleUnit): string {
  return question.kind === 'max-errors'
    ? `${name} has less than ${limitPercent(question.limit)}% errors`
    : `${quantileShare(question)} of the ${judgedWord(unit)} of ${name} take at most ${exactDurationText(question.overMs)}`
}

function failedText(name: string, question: LimitQuestion, unit: SampleUnit): string {
  return question.kind === 'max-errors'
    ? `${name} has more than ${limitPercent(question.limit)}% errors`
    : `More than ${limitPercent(question.limit)}% of the ${judgedWord(unit)} of ${name} take longer than ${exactDurationText(question.overMs)}`
}

function undecidedText(name: string, question: LimitQuestion, unit: SampleUnit): string {
  return question.kind === 'max-errors'
    ? `Whether ${name} has less than ${limitPercent(question.limit)}% errors is not decided`
    : `Whether ${quantileShare(question)} of the ${judgedWord(unit)} of ${name} take at most ${exactDurationText(question.overMs)} is not decided`
}

function quantileShare({ limit }: LimitQuestion): string {
  return `${limitPercent(1 - limit)}%`
}

/** `0 errors in 511 replies over 60 s`, of the samples that the pass rests on. */
function passEvidence({ question, pass }: LimitState, unit: SampleUnit): string {
  const { samples, events, unattributed, spanMs } = pass
  const own = `${eventsText(question, events - unattributed)} in ${judgedText(samples - unattributed, unit)}`
  const unknown =
    unattributed === 0
      ? ''
      : ` and ${samplesText(unattributed, unit)} of no known destination, which count against it,`
  return `${own}${unknown} over ${timeText(spanMs)}`
}

function seenText({ question, samples, events }: LimitState, unit: SampleUnit): string {
  return `${eventsText(question, events)} in ${judgedText(samples, unit)}`
}

function eventsText({ kind }: LimitQuestion, events: number): string {
  if (kind === 'max-errors') return `${countText(events)} ${events === 1 ? 'error' : 'errors'}`
  return `${countText(events)} longer`
}

function heldBackText({ heldBackBy, pass }: LimitState): string {
  switch (heldBackBy) {
    case 'span':
      return ` These samples cover only ${timeText(pass.spanMs)}.`
    case 'unattributed':
      return ` It would have passed without ${countText(pass.unattributed)} of no known destination, which ${pass.unattributed === 1 ? 'counts' : 'count'} against it.`
    default:
      return ''
  }
}
