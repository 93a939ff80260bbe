import { type RestoreSeen, restoreSeen } from '../../rollout/diagnosis/restored-text.ts'
import type { Check } from '../../rollout/model/check.ts'
import type { Outcome } from '../../rollout/model/outcome.ts'
import { connectionsText, percentsText } from '../../rollout/model/percents.ts'
import { presentText, timeText, weightsOnObject } from '../figures.ts'
import type { RunRecord } from '../record.ts'
import { clockSpan, clockText } from './clock.ts'
import { alphaOf, countedOf } from './counted.ts'
import { type Tone, toneOf } from './headline.ts'
import { askedOf, shiftedIndex } from './subject.ts'
import { inForce, nothingWritten } from './written.ts'

/** What is true of production at the end of a run: the first thing that a person on call asks. */
export type Production = { tone: Tone; text: string }

export function productionOf(record: RunRecord, outcome: Outcome): Production {
  const { tone, text } = stateOf(record, outcome)
  const times = timesText(record, outcome)
  return { tone, text: times === '' ? text : `${text} ${times}` }
}

function stateOf(record: RunRecord, outcome: Outcome): Production {
  const { verdict, weights } = outcome
  const now = weights ? weightsOnObject(weights, outcome) : ''
  if (record.manifest !== undefined && record.server === undefined) return ofFile(outcome, now)
  if (weights === undefined) return unknownWeights(record, outcome)
  if (nothingWritten(record, outcome)) return ofUntouched(record, outcome, now)
  if (verdict === 'pass')
    return { tone: 'good', text: `Production now: ${now}, ${confirmed(record, outcome.checks)}.` }
  if (outcome.rolledBack) return ofRestored(record, now)
  if (outcome.reason === 'rollback-failed')
    return { tone: 'bad', text: `Production now: ${now}, the weights of a run that failed.` }
  return { tone: 'warning', text: `Production now: ${now}, not confirmed.` }
}

function ofFile(outcome: Outcome, now: string): Production {
  const where = now === '' ? '' : ` The file has ${now}.`
  return {
    tone: toneOf(outcome) === 'bad' ? 'good' : 'neutral',
    text: `Production was not changed.${where}`,
  }
}

function unknownWeights(record: RunRecord, outcome: Outcome): Production {
  if (nothingWritten(record, outcome)) return { tone: 'good', text: 'Production was not changed.' }
  const { previousWeights } = outcome
  const present = record.plan ? presentText(record.plan) : percentsText(previousWeights ?? {})
  const before = present === '' ? '' : ` Before the run: ${present}.`
  const last = record.ramp.findLast(({ kind }) => kind === 'write')
  const now =
    last?.weights === undefined
      ? 'Which weights are in force in production is not known.'
      : `Production may still have ${percentsText(last.weights)}, written at ${clockText(record, last.endMs)}.`
  return { tone: 'bad', text: `${now}${before}` }
}

/** This run wrote nothing. What another client writes at the same time may change. */
function ofUntouched(record: RunRecord, outcome: Outcome, now: string): Production {
  const { verdict, reason, checks } = outcome
  if (reason === 'locked' || reason === 'changed-by-other' || verdict === 'in-progress')
    return {
      tone: 'warning',
      text: `Production now: ${now}. Another client may be changing the weights.`,
    }
  if (checks.length === 0 || verdict === 'error')
    return { tone: 'good', text: `Production now: ${now}, unchanged.` }
  if (verdict === 'pass')
    return { tone: 'good', text: `Production now: ${now}, ${confirmed(record, checks)}.` }
  const isRefuted = verdict === 'fail'
  return {
    tone: isRefuted ? 'bad' : 'warning',
    text: `Production now: ${now} on the object, unchanged. ${isRefuted ? 'The gateway splits connections differently.' : 'The split is not confirmed.'}`,
  }
}

function ofRestored(record: RunRecord, now: string): Production {
  const { restoreCheck } = record
  const seen = restoreSeen(restoreCheck)
  if (seen === 'confirmed' && restoreCheck)
    return { tone: 'good', text: `Production now: ${now}, ${confirmed(record, [restoreCheck])}.` }
  const tone = seen === 'refuted' ? 'bad' : 'warning'
  return { tone, text: `Production now: ${now}, restored. ${SEEN[seen]}` }
}

const SEEN: Readonly<Record<RestoreSeen, string>> = {
  confirmed: 'The gateway uses them.',
  fits: 'The split fits them, but does not confirm them.',
  'fits-both': "The split fits them and this run's weights alike.",
  'fits-swapped': 'The split fits them if expressions are swapped in expect.',
  refuted: 'The gateway does not use them.',
  unanswered: 'Connections still get no recognized reply.',
  'not-judged': 'Whether the gateway uses them cannot be judged from its replies.',
  'not-seen': 'Whether the gateway uses them was not checked.',
}

/** `confirmed (2,059 connections)`. */
function confirmed(record: RunRecord, checks: readonly Check[]): string {
  const last = checks.at(-1)
  const samples = last ? countedOf(last, alphaOf(record)).samples : 0
  return samples === 0 ? 'confirmed' : `confirmed (${connectionsText(samples)})`
}

/** `v2 had 50% for 3.8 s, 11:02:03 to 11:02:07 UTC.` */
function timesText(record: RunRecord, outcome: Outcome): string {
  const times = inForce(record.ramp)
  const asked = askedOf(record, outcome)
  if (times === undefined || asked === undefined || !outcome.weights) return ''
  const name = asked.names[shiftedIndex(record, asked)] ?? ''
  if (!outcome.rolledBack) {
    const last = record.ramp.findLast(({ kind }) => kind === 'write')
    const share = last?.weights?.[name] ?? 0
    return `${name} has had ${share}% since ${clockText(record, last?.endMs ?? times.fromMs)}.`
  }
  const had = hadText(record, name)
  if (times.toMs === undefined) return `${had} from ${clockText(record, times.fromMs)} on.`
  return `${had} for ${timeText(times.toMs - times.fromMs)}, ${clockSpan(record, times.fromMs, times.toMs)}.`
}

/** `v2 had 50%`, and of a ramp `v2 had up to 50%`. */
function hadText({ ramp }: RunRecord, name: string): string {
  const shares = sharesWritten(ramp, name)
  return shares.length > 1
    ? `${name} had up to ${Math.max(...shares)}%`
    : `${name} had ${shares[0] ?? 0}%`
}

function sharesWritten(ramp: RunRecord['ramp'], name: string): number[] {
  return ramp.flatMap(({ kind, weights }) =>
    kind === 'write' && weights !== undefined ? [weights[name] ?? 0] : [],
  )
}
