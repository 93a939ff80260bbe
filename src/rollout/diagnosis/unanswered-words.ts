import type { Diagnosis } from '../../split/diagnosis/diagnosis.ts'
import { countText, samplesText } from '../model/percents.ts'
import { explainOwnReply } from './own-reply.ts'
import type { Subject } from './subject.ts'

/** Which destination does not answer, and how much of what it was to answer it did. */
export function unansweredDestinationText(
  destination: number | undefined,
  { seen }: Diagnosis,
  { names, target, unit }: Subject,
): string {
  const samples = samplesOf(seen)
  const answered = (index: number) =>
    `answered ${countText(seen.counts[index] ?? 0)} of about ${countText(Math.round((target[index] ?? 0) * samples))}`
  if (destination !== undefined) {
    const some = seen.counts[destination] === 0 ? '' : ` every ${unit}`
    return `${names[destination]} does not answer${some}: it ${answered(destination)}.`
  }
  const all = names.flatMap((name, index) =>
    (target[index] ?? 0) > 0 ? [`${name} ${answered(index)}`] : [],
  )
  return `Some ${unit}s are not answered. Which destination they went to is not known: ${all.join(', ')}.`
}

/** What samples met that got no recognized reply. */
export function unansweredText({ seen }: Diagnosis, subject: Subject): string {
  const { outcomes, unit, ownReply, commands } = subject
  if (seen.unclassified === 0) return ''
  if (subject.counted && outcomes === '')
    return `${countText(seen.unclassified)} of ${samplesText(samplesOf(seen), unit)} may have been retries.`
  const what = outcomes === '' ? '' : `: ${outcomes}`
  if (subject.counted)
    return `${samplesText(seen.unclassified, unit)} of this run got no reply${what}. The proxies counted ${samplesText(samplesOf(seen) - seen.unclassified, unit)}, those of users included.`
  const meaning =
    ownReply === undefined ? '' : ` ${explainOwnReply(ownReply, commands, subject).what}`
  return `${countText(seen.unclassified)} of ${samplesText(samplesOf(seen), unit)} got no recognized reply${what}.${meaning}`
}

/** All samples that a diagnosis rests on. */
export function samplesOf({ counts, unclassified }: Diagnosis['seen']): number {
  return counts.reduce((sum, count) => sum + count, unclassified)
}
