import type { Check, Watch } from '../../rollout/model/check.ts'
import { samplesText } from '../../rollout/model/percents.ts'
import { shiftedIndex } from '../facts/subject.ts'
import { textBar } from '../facts/text-bar.ts'
import type { RunRecord } from '../record.ts'
import { limitTexts, watchErrors, watchTime } from './health-lines.ts'
import type { LiveNow } from './live-block.ts'
import { targetText } from './shares.ts'

const BAR_WIDTH = 10

type Now = { check: Check; now: Watch }

/** `v2 -> 20%  limits, 38 s of 60 s  [██████░░░░]  v2 errors < 1%: 0 of 312` */
export function settlingNow(record: RunRecord, { check, now }: Now): LiveNow {
  const limits = limitTexts(check)
  return {
    about: targetText(check, shiftedIndex(record, check)),
    fields: [
      `limits, ${watchTime(now)}`,
      ...barOf(now),
      ...(limits.length > 0 ? limits : [samplesText(now.samples, check.unit)]),
    ],
  }
}

/** `v2 -> 20%  watch, 2 min of 10 min  [██░░░░░░░░]  errors v2 0 of 260  v1 1 of 1,040` */
export function watchingNow(record: RunRecord, { check, now }: Now): LiveNow {
  const [first, ...others] = watchErrors(check, now, record)
  return {
    about: targetText(check, shiftedIndex(record, check)),
    fields: [
      `watch, ${watchTime(now)}`,
      ...barOf(now),
      ...(first === undefined
        ? [samplesText(now.samples, check.unit)]
        : [`errors ${first}`, ...others]),
    ],
  }
}

/** A terminal leaves it out where it does not fit. */
function barOf({ tookMs, lastsMs }: Watch): string[] {
  return lastsMs === undefined ? [] : [`[${textBar((tookMs / lastsMs) * 100, BAR_WIDTH)}]`]
}
