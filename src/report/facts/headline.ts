import { uncapitalized } from '../../problem/sentence.ts'
import { behindText } from '../../rollout/diagnosis/proxy-words.ts'
import type { Outcome } from '../../rollout/model/outcome.ts'
import { theSplitter } from '../../rollout/model/splitter.ts'
import { percent } from '../figures.ts'
import type { RunRecord } from '../record.ts'
import { errorText, restoresStep, UNUSABLE_JOURNAL } from './error-headline.ts'
import { decisiveMetric } from './health/decisive-metric.ts'
import { undecidedText, unhealthyText } from './health/unhealthy.ts'
import { noReplyText } from './no-reply.ts'
import { seenAfterRestore } from './seen-after-restore.ts'
import {
  type Asked,
  askedOf,
  askedText,
  editsFile,
  isAboutOne,
  shiftedIndex,
  splitterIn,
} from './subject.ts'
import { hasStayed, nothingWritten } from './written.ts'

/** How good an end is, for marks and colours. */
export type Tone = 'good' | 'warning' | 'bad' | 'neutral'

export function toneOf({ verdict }: Pick<Outcome, 'verdict'>): Tone {
  switch (verdict) {
    case 'pass':
    case 'restored':
    case 'idle':
      return 'good'
    case 'planned':
      return 'neutral'
    case 'in-progress':
    case 'inconclusive':
      return 'warning'
    default:
      return 'bad'
  }
}

/** One line that says it all: `demo/tcp-echo: v2 did not get 50%. Previous weights restored.` */
export function headlineOf(record: RunRecord, outcome: Outcome): string {
  const what = `${whatText(record, outcome)}.`
  const state = stateText(record, outcome)
  const text = state === '' ? what : `${what} ${state}`
  const { object } = record
  return object === undefined
    ? `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`
    : `${object}: ${text}`
}

function whatText(record: RunRecord, outcome: Outcome): string {
  const asked = askedOf(record, outcome)
  const metric = decisiveMetric(outcome)
  if (metric !== undefined) return metric
  switch (outcome.verdict) {
    case 'pass':
      return asked ? passText(record, outcome, asked) : 'the weights are confirmed'
    case 'fail':
      return asked ? failText(record, outcome, asked) : 'the weights are not confirmed'
    case 'inconclusive':
      if (editsFile(record)) return 'the file was not edited in time'
      return `${asked ? askedText(record, asked) : 'the split'}${undecidedText(outcome)}`
    case 'planned':
      return asked ? planText(record, outcome, asked) : 'nothing to change'
    case 'restored':
      return outcome.reason === 'restored'
        ? `${restoresStep(record, outcome) ? 'the last confirmed step is' : 'the previous weights are'} restored`
        : 'there is nothing to restore'
    case 'idle':
      return 'no run is in progress'
    case 'in-progress':
      return journalText(record)
    case 'error':
      return errorText(record, outcome)
  }
}

/** What the journal shows that `status` found. */
function journalText({ journal }: RunRecord): string {
  if (journal === undefined) return UNUSABLE_JOURNAL
  return journal.live ? 'a run is in progress' : 'a run was interrupted'
}

function passText(record: RunRecord, outcome: Outcome, asked: Asked): string {
  if (!isAboutOne(record)) return `${askedText(record, asked)} confirmed`
  const { name, share, before } = shiftedOf(record, outcome, asked)
  if (outcome.reason === 'unchanged' || record.options?.mode === 'verify')
    return `${name} is at ${share}`
  // Stamps are written also where the weights are as they are to be.
  return share === before
    ? `${name} is at ${share}, as before`
    : `${name} is at ${share} (was ${before})`
}

function failText(record: RunRecord, outcome: Outcome, asked: Asked): string {
  const { name, share } = shiftedOf(record, outcome, asked)
  if (outcome.reason === 'no-reply') return noReplyText(outcome.checks.at(-1))
  if (outcome.reason === 'unhealthy') return unhealthyText(outcome)
  const last = outcome.checks.at(-1)
  const cause = last?.diagnosis?.cause.kind
  if (cause === 'stale-proxies' && last?.proxies)
    return uncapitalized(behindText({ ...last, proxies: last.proxies }, askedText(record, asked)))
  if (cause === 'former')
    return `${theSplitter(splitterIn(record))}, or a part of it, does not have the new weights`
  if (!isAboutOne(record)) return `the split is not ${askedText(record, asked)}`
  return record.options?.mode === 'verify'
    ? `${name} is not at ${share}`
    : `${name} did not get ${share}`
}

function planText(record: RunRecord, outcome: Outcome, asked: Asked): string {
  const { name, share: goal } = shiftedOf(record, outcome, asked)
  const isOne = isAboutOne(record)
  if (outcome.reason === 'unchanged' && record.plan?.inForce)
    return `a shift would only restore ${isOne ? `${name} to ${goal}` : askedText(record, asked)}`
  if (outcome.reason === 'unchanged')
    return `nothing to change, ${isOne ? `${name} is at ${goal}` : `it has ${askedText(record, asked)}`}`
  const checks = editsFile(record) ? (record.plan?.checks ?? []) : []
  const [first = asked] = checks
  const { share, before } = shiftedOf(record, outcome, first)
  const isEdited = outcome.reason === 'edited'
  const step =
    checks.length > 1
      ? `, step 1 of ${checks.length} to ${isOne ? goal : askedText(record, asked)}`
      : ''
  const restored = record.plan?.inForce ? ' (restored first)' : ''
  if (!isOne) return `${isEdited ? 'the file has' : 'would get'} ${askedText(record, first)}${step}`
  return isEdited
    ? `the file has ${name} at ${share} (was ${before})${step}`
    : `${name} would go from ${before}${restored} to ${share}${step}`
}

function shiftedOf(record: RunRecord, outcome: Outcome, asked: Asked) {
  const index = shiftedIndex(record, asked)
  const name = asked.names[index] ?? ''
  return {
    name,
    share: `${percent(asked.target[index] ?? 0)}%`,
    before: `${outcome.previousWeights?.[name] ?? 0}%`,
  }
}

/** What became of the object, where that is not what was asked for. */
function stateText(record: RunRecord, outcome: Outcome): string {
  const { verdict, reason, rolledBack, weights } = outcome
  if (verdict === 'planned')
    return nothingWritten(record, outcome) ? NOTHING_WRITTEN : 'No cluster was changed.'
  if (toneOf(outcome) === 'good' || verdict === 'in-progress') return ''
  if (nothingWritten(record, outcome))
    return saysNothingWritten(record, outcome) ? NOTHING_WRITTEN : ''
  if (rolledBack) return restoredText(record, outcome)
  // An object that is gone has no weights.
  return weights === undefined && reason !== 'rollback-failed' && !isGone(outcome)
    ? 'Which weights are in force is not known.'
    : ''
}

function restoredText(record: RunRecord, outcome: Outcome): string {
  const what = outcome.lastStep === undefined ? 'Previous weights' : 'Last confirmed step'
  const seen = seenAfterRestore(record)
  if (seen === 'stale-proxies') return `${what} restored, but not in all proxies.`
  if (seen === 'refuted' || seen === 'stamped') return `${what} restored, but not in use.`
  return `${what} ${hasStayed(record, outcome) ? 'stays' : 'restored'}.`
}

/** Whether the object was deleted during the run, and no other has its name. */
export function isGone({ code }: Pick<Outcome, 'code'>): boolean {
  return code === 'ITS-OBJECT-DELETED'
}

/** Whether the headline says that nothing was written. No other sentence of the end says it again. */
export function saysNothingWritten(record: RunRecord, outcome: Outcome): boolean {
  const { verdict, untouched } = outcome
  return nothingWritten(record, outcome) && (verdict === 'error' || untouched !== undefined)
}

export const NOTHING_WRITTEN = 'Nothing was written.'
