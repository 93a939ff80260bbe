import type { Outcome } from '../../rollout/model/outcome.ts'
import { timeText } from '../figures.ts'
import type { RunRecord } from '../record.ts'
import { clockSpan, clockText } from './clock.ts'
import { askedOf, shiftedIndex } from './subject.ts'
import { changedWeights } from './written.ts'

/** `v2 had 50% on the object for 3.8 s, 11:02:03 to 11:02:07 UTC.` */
export function timesText(record: RunRecord, outcome: Outcome): string {
  const own = changedWeights(record, outcome)
  const asked = askedOf(record, outcome)
  if (own === undefined || asked === undefined) return ''
  const name = asked.names[shiftedIndex(record, asked)] ?? ''
  const since = clockText(record, own.sinceMs)
  const share = `${own.weights[name] ?? 0}%`
  switch (own.now) {
    case 'in-force':
      return outcome.verdict === 'pass'
        ? `${name} has had ${share} since ${since}.`
        : `${name} has had ${share} on the object since ${since}.`
    case 'replaced':
      return `This run wrote ${name} ${share} at ${since}. By ${clockText(record, own.byMs)}, another client had changed it.`
    case 'unknown':
      return ''
    case 'restored': {
      const had = hadText(record, outcome, name)
      if (own.toMs === undefined) return `${had} from ${clockText(record, own.firstMs)} on.`
      return `${had} for ${timeText(own.toMs - own.firstMs)}, ${clockSpan(record, own.firstMs, own.toMs)}.`
    }
  }
}

/** `v2 had 50% on the object`, and of a ramp `v2 had up to 50% on the object`. */
function hadText({ ramp }: RunRecord, { lastStep }: Outcome, name: string): string {
  // A rollback to a confirmed step takes back only what was written after it.
  const shares = sharesWritten(ramp, name).slice(lastStep?.number ?? 0)
  return shares.length > 1
    ? `${name} had up to ${Math.max(...shares)}% on the object`
    : `${name} had ${shares[0] ?? 0}% on the object`
}

function sharesWritten(ramp: RunRecord['ramp'], name: string): number[] {
  return ramp.flatMap(({ kind, weights }) =>
    kind === 'write' && weights !== undefined ? [weights[name] ?? 0] : [],
  )
}
