import { hasNeverSwitched, lateText, restoreSeen } from '../../rollout/diagnosis/restored-text.ts'
import type { Check } from '../../rollout/model/check.ts'
import type { Outcome } from '../../rollout/model/outcome.ts'
import {
  observedText,
  percentsOf,
  percentsText,
  samplesText,
} from '../../rollout/model/percents.ts'
import { TheSplitter, theSplitter } from '../../rollout/model/splitter.ts'
import { presentText } from '../figures.ts'
import type { RunRecord } from '../record.ts'
import { clockText } from './clock.ts'
import { alphaOf, countedOf } from './counted.ts'
import { isGone, type Tone, toneOf } from './headline.ts'
import { isSplitConfirmed } from './health/watched.ts'
import { seenAfterRestore, seenOfKept, seenText } from './seen-after-restore.ts'
import { editsFile, splitterIn } from './subject.ts'
import { timesText } from './times-of-weights.ts'
import { hasStayed, isOnlyUnreleased, isSame, nothingWritten, ownWeights } from './written.ts'

/** What is true of production at the end of a run: the first thing that a person on call asks. */
export type Production = { tone: Tone; text: string }

export function productionOf(record: RunRecord, outcome: Outcome): Production {
  const { tone, text } = stateOf(record, outcome)
  const times = timesText(record, outcome)
  return { tone, text: times === '' ? text : `${text} ${times}` }
}

function stateOf(record: RunRecord, outcome: Outcome): Production {
  const { verdict, weights } = outcome
  const now = weights ? percentsText(weights) : ''
  if (editsFile(record)) return ofFile(outcome, now)
  if (isGone(outcome)) return ofGone(record, outcome)
  if (weights === undefined) return unknownWeights(record, outcome)
  if (nothingWritten(record, outcome)) return ofUntouched(record, outcome, now)
  if (verdict === 'pass')
    return { tone: 'good', text: `Production now: ${now}, ${confirmed(record, outcome.checks)}.` }
  if (outcome.rolledBack) return ofRestored(record, outcome, now)
  if (outcome.reason === 'rollback-failed' && isOnlyUnreleased(outcome))
    return ofUnreleased(record, outcome, now)
  if (outcome.reason === 'rollback-failed')
    return { tone: 'bad', text: `Production now: ${now}, the weights of a run that failed.` }
  return ofKept(record, outcome, now)
}

/** The weights are as they should be, and only the journal or the stamps of the run are still there. */
function ofUnreleased(record: RunRecord, outcome: Outcome, now: string): Production {
  if (ownWeights(record, outcome)?.now === 'restored')
    return {
      tone: 'warning',
      text: `Production now: ${now}, restored. ${seenText('not-seen', splitterIn(record))}`,
    }
  return outcome.checks.at(-1)?.ended === 'pass'
    ? {
        tone: 'warning',
        text: `Production now: ${now}, ${confirmed(record, outcome.checks)}.`,
      }
    : ofKept(record, outcome, now)
}

/** The run did not end well, and the object has its weights, or those of another client. */
function ofKept(record: RunRecord, outcome: Outcome, now: string): Production {
  const check = outcome.checks.at(-1)
  const own = ownWeights(record, outcome)
  const isChecked =
    check !== undefined &&
    own?.now === 'in-force' &&
    isSame(own.weights, percentsOf(check.names, check.target))
  const seen = isChecked ? restoreSeen(check) : 'not-seen'
  if (isChecked && seen === 'unhealthy' && isSplitConfirmed(check))
    return {
      tone: 'warning',
      text: `Production now: ${now}, ${confirmed(record, outcome.checks)} before errors ended the run.`,
    }
  if (seen === 'not-seen')
    return { tone: 'warning', text: `Production now: ${now}, not confirmed.` }
  return {
    tone:
      seen === 'refuted' || seen === 'unanswered' || seen === 'stale-proxies' ? 'bad' : 'warning',
    text: `Production now: ${now} on the object. ${seenOfKept(seen, splitterIn(record))}`,
  }
}

function ofFile(outcome: Outcome, now: string): Production {
  const where = now === '' ? '' : ` The file has ${now}.`
  return {
    tone: toneOf(outcome) === 'bad' ? 'good' : 'neutral',
    text: `Production was not changed.${where}`,
  }
}

/** The object was deleted, whatever this run wrote to it. */
function ofGone(record: RunRecord, outcome: Outcome): Production {
  const name = record.object ?? 'The object'
  return {
    tone: 'bad',
    text: `${name} is gone, and its weights with it.${beforeText(record, outcome)}`,
  }
}

/** ` Before the run: v1 80%, v2 20%.` */
function beforeText({ plan }: RunRecord, { previousWeights }: Outcome): string {
  const present = plan ? presentText(plan) : percentsText(previousWeights ?? {})
  return present === '' ? '' : ` Before the run: ${present}.`
}

function unknownWeights(record: RunRecord, outcome: Outcome): Production {
  if (nothingWritten(record, outcome)) return { tone: 'good', text: 'Production was not changed.' }
  const before = beforeText(record, outcome)
  const last = record.ramp.findLast(({ kind }) => kind === 'write')
  const now =
    last?.weights === undefined
      ? 'Which weights are in force in production is not known.'
      : `Production may still have ${percentsText(last.weights)}, written at ${clockText(record, last.endMs)}; which weights are in force is not known.`
  return { tone: 'bad', text: `${now}${before}` }
}

/** This run wrote nothing. What another client writes at the same time may change. */
function ofUntouched(record: RunRecord, outcome: Outcome, now: string): Production {
  const { verdict, reason, checks } = outcome
  const isShared = record.findings.some(({ code }) => code === 'ITS-LOCKED')
  const { journal } = record
  if (verdict === 'in-progress' && !(journal?.live ?? false))
    return { tone: 'warning', text: `Production now: ${now}.` }
  if (isShared || reason === 'locked' || reason === 'changed-by-other' || verdict === 'in-progress')
    return {
      tone: 'warning',
      text: `Production now: ${now}. Another client may be changing the weights.`,
    }
  if (checks.length === 0 || verdict === 'error')
    return { tone: 'good', text: `Production now: ${now}, unchanged.` }
  if (verdict === 'pass')
    return { tone: 'good', text: `Production now: ${now}, ${confirmed(record, checks)}.` }
  const last = checks.at(-1)
  const isOfHealth = reason === 'unhealthy' || reason === 'health-undecided'
  if (last && isOfHealth && isSplitConfirmed(last))
    return {
      tone: 'warning',
      text: `Production now: ${now}, unchanged. The split is ${confirmed(record, checks)}.`,
    }
  const isRefuted = reason === 'off-target' || reason === 'not-propagated'
  return {
    tone: isRefuted ? 'bad' : 'warning',
    text: `Production now: ${now} on the object, unchanged. ${isRefuted ? 'The requested split is refuted.' : 'The split is not confirmed.'}`,
  }
}

function ofRestored(record: RunRecord, outcome: Outcome, now: string): Production {
  const { restoreCheck, unstamped } = record
  const { checks, lastStep } = outcome
  if (hasStayed(record, outcome) && unstamped === undefined)
    return { tone: 'good', text: `Production now: ${now}, the last confirmed step.` }
  const [first, ...later] = checks.slice(lastStep?.number ?? 0)
  const seen = seenAfterRestore(record)
  const only = later.length === 0 ? first : undefined
  const hasNeverLeft = only !== undefined && hasNeverSwitched(only)
  const late = only === undefined ? '' : lateText(only, lastStep !== undefined)
  if (unstamped?.seen === 'gone') {
    // Replies that lacked stamps before the restore too do not show that anything has changed since.
    if (hasNeverLeft && !hasSamples(only))
      return {
        tone: 'warning',
        text: `Production now: ${now}, restored. ${neverStamped(record)} ${late}`,
      }
    return {
      tone: 'good',
      text: `Production now: ${now}, restored and in use. The last ${unstamped.inARow} replies had no stamp of this run.`,
    }
  }
  if (seen === 'confirmed' && restoreCheck) {
    const text = `Production now: ${now}, ${confirmed(record, [restoreCheck])}.`
    if (late === '') return { tone: 'good', text }
    const still = hasNeverLeft ? ` ${TheSplitter(splitterIn(record))} still uses them.` : ''
    return { tone: 'warning', text: `${text}${still} ${late}` }
  }
  const tone =
    seen === 'refuted' || seen === 'stamped' || seen === 'stale-proxies' ? 'bad' : 'warning'
  return {
    tone,
    text: `Production now: ${now}, restored. ${seenText(seen, splitterIn(record))}${observedOf(record, restoreCheck)}`,
  }
}

/** With stamps, samples follow the write: those of a former configuration are none. */
function hasSamples({ attempts, beforeAttempts }: Check): boolean {
  return attempts.some(({ samples }) => samples > 0) || beforeAttempts.some((count) => count > 0)
}

/** ` Observed v1 77%, v2 23% of 548 connections.` */
function observedOf(record: RunRecord, check: Check | undefined): string {
  if (check === undefined) return ''
  const counted = countedOf(check, alphaOf(record))
  return counted.recognized === 0
    ? ''
    : ` Observed ${observedText(check.names, counted.counts, check.unit)}.`
}

function neverStamped(record: RunRecord): string {
  return `No reply ever had a stamp of this run, so replies do not show whether ${theSplitter(splitterIn(record))} uses them.`
}

/** `confirmed (2,059 connections)`. */
function confirmed(record: RunRecord, checks: readonly Check[]): string {
  const last = checks.at(-1)
  const samples = last ? countedOf(last, alphaOf(record)).samples : 0
  return samples === 0
    ? 'confirmed'
    : `confirmed (${samplesText(samples, last?.unit ?? 'connection')})`
}
