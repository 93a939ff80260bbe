import { quotedReply } from '../../problem/quoted.ts'
import type { Cause, Diagnosis } from '../../split/diagnosis/diagnosis.ts'
import { countText, samplesText } from '../model/percents.ts'
import { TheSplitter, theSplitter } from '../model/splitter.ts'
import { explainOwnReply } from './own-reply.ts'
import type { Subject } from './subject.ts'

/** That a destination has a higher error rate than the others, with the errors of both sides. */
export function moreErrorsText(
  destination: number,
  diagnosis: Diagnosis,
  subject: Subject,
): string {
  const name = subject.names[destination]
  const what =
    subject.ownErrors[destination] === undefined
      ? `${name} has a higher error rate than the others`
      : `${subject.unit === 'request' ? 'Requests' : 'Connections'} to ${name} fail more often than those to the others`
  return `${what}: ${errorsText(destination, diagnosis, subject)}`
}

/** `12 of 40 requests to v2 were errors (for example "503 broken"), and 0 of 160 to the others.` */
export function errorsText(destination: number, { health }: Diagnosis, subject: Subject): string {
  const { names, errorExamples } = subject
  const tallies = health?.tallies ?? []
  const own = tallies[destination] ?? { ok: 0, errors: 0 }
  const others = tallies.filter((_, index) => index !== destination)
  const [errors, all] = [
    others.reduce((sum, one) => sum + one.errors, 0),
    others.reduce((sum, one) => sum + one.errors + one.ok, 0),
  ]
  const beside = all === 0 ? '' : `, and ${countText(errors)} of ${countText(all)} to the others`
  const example = errorExamples[destination]
  const shown = example === undefined ? '' : ` (for example ${quotedReply(example)})`
  const loose = health?.unattributedErrors ?? 0
  const unattributed =
    loose === 0
      ? ''
      : ` ${loose === 1 ? '1 error is' : `${countText(loose)} errors are`} of no known destination.`
  const cause = subject.ownErrors[destination]
  const made =
    cause === undefined
      ? ''
      : ` ${TheSplitter(subject)} made ${own.errors === 1 ? 'this reply' : 'most of these replies'} itself, not ${names[destination]}. ${explainOwnReply(cause, subject.commands, subject).what}`
  return `${countText(own.errors)} of ${samplesText(own.errors + own.ok, subject.unit)} to ${names[destination]} ${endedText(subject)}${shown}${beside}.${unattributed}${made}`
}

/** A connection that breaks off is no reply, so it is not called an error itself. */
function endedText({ unit }: Subject): string {
  return unit === 'request' ? 'were errors' : 'ended with an error'
}

/** That a destination had no success, with its errors. */
export function noSuccessText(
  { destination, few }: Extract<Cause, { kind: 'no-success' }>,
  diagnosis: Diagnosis,
  subject: Subject,
): string {
  const name = subject.names[destination]
  if (few)
    return `The split fits, but no ${subject.unit} to ${name} was a success, and too few went to it to say more. ${errorsText(destination, diagnosis, subject)}`
  return `No ${subject.unit} to ${name} was a success: ${errorsText(destination, diagnosis, subject)}`
}

/** What is known without a model of the split: replies lack the stamps of the write. */
export function formerText({ seen }: Diagnosis, subject: Subject): string {
  const { propagationSeconds } = subject
  const after = propagationSeconds === undefined ? '' : ` ${propagationSeconds} s after the write`
  const which = hasStamped(seen)
    ? `A part of ${theSplitter(subject)}`
    : `${TheSplitter(subject)}, or a part of it,`
  return `${which} still has a former configuration${after}: a reply did not carry a stamp of the write.`
}

/** Whether some replies had a stamp of the write, so that a part of the gateway is up to date. */
export function hasStamped({ counts }: Diagnosis['seen']): boolean {
  return counts.some((count) => count > 0)
}
