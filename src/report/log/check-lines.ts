import type { Attempt, Check } from '../../rollout/model/check.ts'
import { countText, percentsOf, percentsText } from '../../rollout/model/percents.ts'
import { alphaOf } from '../facts/counted.ts'
import { healthLines } from '../facts/errors.ts'
import { endedByHealth, failedWord } from '../facts/health/watched.ts'
import { placeLines } from '../facts/places.ts'
import { shiftedIndex } from '../facts/subject.ts'
import { timeText } from '../figures.ts'
import type { RunRecord } from '../record.ts'
import type { LogLine } from './log-line.ts'
import { seenText } from './shares.ts'

/** Places that the log names one by one. */
const MOST_PLACES = 10

/** `  1,065 of about 1,029 connections in 2.1 s: v2 49%, v1 51%` */
export function progressText(check: Check, now: Attempt, record: RunRecord): string {
  const seen = seenText(check, now, shiftedIndex(record, check))
  const expected = check.counted ? '' : `, about ${countText(Math.round(check.plan.mean))} expected`
  return `  ${seen}${expected}, ${timeText(now.tookMs)}`
}

/** `  Attempt 1: 775 connections: v2 19%, v1 81% in 0.6 s: confirmed` */
export function attemptText(
  check: Check,
  ended: Attempt,
  record: RunRecord,
  again: boolean,
): string {
  const next = again ? ', another attempt follows' : ''
  const isOfFormer = ended.previous > 0 && ended.decision === undefined
  if (isOfFormer && ended.samples === 0)
    return `  Attempt ${ended.number} ${FORMER} (${timeText(ended.tookMs)})${next}`
  const seen = seenText(check, ended, shiftedIndex(record, check))
  const decision = isOfFormer
    ? FORMER
    : ended.failedHealth
      ? endedByHealth(check)
      : DECISIONS[ended.decision ?? 'undecided']
  return `  Attempt ${ended.number}: ${seen} in ${timeText(ended.tookMs)}: ${decision}${next}`
}

/** How an attempt ended that met a reply without a stamp of the last write. */
const FORMER = 'ended, because a reply followed a former configuration'

/** The outcomes of an attempt, in texts. */
const DECISIONS = {
  pass: 'confirmed',
  'off-target': 'refuted',
  'no-reply': 'too many without a recognized reply',
  dependent: 'not independent',
  undecided: 'undecided',
} as const

/** How a check ended, and what it showed beside the split. */
export function checkEndedLines(check: Check, record: RunRecord): LogLine[] {
  const more = [
    ...healthLines(check, alphaOf(record)),
    ...placeLines(check, shiftedIndex(record, check), MOST_PLACES),
  ]
  return [checkLine(check), ...more.map((text): LogLine => ({ level: 'info', text }))]
}

function checkLine(check: Check): LogLine {
  const target = percentsText(percentsOf(check.names, check.target))
  const inEffect =
    check.propagationMs === undefined
      ? ''
      : ` The weights took effect ${timeText(check.propagationMs)} after the write.`
  if (check.ended === 'pass')
    return { level: 'info', text: `✔ Confirmed: ${target}.${inEffect}`, tone: 'good' }
  const text =
    check.ended === undefined && check.settle !== undefined
      ? `✘ Not decided: ${target}. The split was confirmed, but the limits were not decided when the check was cut short.`
      : `✘ Not confirmed: ${target} (${failedWord(check)}).`
  return { level: 'info', text: `${text}${inEffect}`, tone: 'bad' }
}
