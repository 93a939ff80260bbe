import { durationText } from '../../evidence/duration-text.ts'
import { listText } from '../../problem/list-text.ts'
import type { Cause, Diagnosis } from '../../split/diagnosis/diagnosis.ts'
import type { Part } from '../../split/diagnosis/previous-part.ts'
import { mixedUp } from '../../split/diagnosis/swapped.ts'
import { countText, observedText, samplesText, shareText, weightsText } from '../model/percents.ts'
import { TheSplitter, theSplitter } from '../model/splitter.ts'
import { countedText, evidenceWord } from './counted-words.ts'
import { fraction } from './fraction.ts'
import { formerText, moreErrorsText, noSuccessText } from './health-words.ts'
import { aboveLimitText, limitOpenText } from './limit-words.ts'
import { staleProxiesText } from './proxy-words.ts'
import type { Subject } from './subject.ts'
import { samplesOf, unansweredDestinationText, unansweredText } from './unanswered-words.ts'

/** A diagnosis in a few sentences: what is true, and which samples show it. */
export function diagnosisText(diagnosis: Diagnosis, subject: Subject): string {
  const text = `${opening(diagnosis, subject)}${causeText(diagnosis, subject)}`
  return [text, unansweredText(diagnosis, subject), furtherText(subject), limitsText(diagnosis)]
    .filter((part) => part !== '')
    .join(' ')
}

/** That the check was not decided, or was passed before, comes first. */
function opening({ ended, seen, cause }: Diagnosis, subject: Subject): string {
  const { unit, alarm, names, target } = subject
  if (alarm !== undefined)
    return `${durationText(alarm.afterMs)} after ${weightsText(names, target)} was confirmed (step ${alarm.step}), the watch of step-interval raised an alarm. `
  if (HAS_NO_OPENING.has(cause.kind)) return ''
  const samples = samplesText(samplesOf(seen), unit)
  if (ended === 'time') return `Time ran out after ${samples}. `
  return ended === 'connections'
    ? `The check was not decided after ${samples}, and no more were allowed. `
    : ''
}

const HAS_NO_OPENING: ReadonlySet<Cause['kind']> = new Set([
  'client-limits',
  'nothing',
  'stale-proxies',
] as const)

function causeText(diagnosis: Diagnosis, subject: Subject): string {
  const { cause, seen } = diagnosis
  const { names, target, unit } = subject
  const asked = weightsText(names, target)
  const observed = `Observed ${observedText(names, seen.counts, unit)}.`
  const counted = countedText(diagnosis, subject)
  if (counted !== undefined) return counted
  switch (cause.kind) {
    case 'target':
      return `${newWeights(subject)}, but do not confirm them within ${toleranceText(subject)}. ${observed}`
    case 'target-or-previous':
      return `${evidenceWord(subject)} fit the new weights (${asked}) and ${oldText(subject)} alike. ${observed}`
    case 'previous':
      return previousText(diagnosis, subject, observed)
    case 'partly-previous':
      return `${partText(cause.part, subject)} ${observed.slice(0, -1)}, where ${asked} was written.`
    case 'former':
      return formerText(diagnosis, subject)
    case 'stale-proxies':
      return staleProxiesText(subject)
    case 'more-errors':
      return moreErrorsText(cause.destination, diagnosis, subject)
    case 'above-limit':
      return aboveLimitText(cause, diagnosis, subject)
    case 'limit-open':
      return limitOpenText(cause, diagnosis, subject)
    case 'no-success':
      return noSuccessText(cause, diagnosis, subject)
    case 'object':
      return `${TheSplitter(subject)} splits by the weights on the object (${weightsText(names, subject.present)}), not by ${asked}. ${observed}`
    case 'swapped':
      return `${swappedText(cause, subject)} ${observed}`
    case 'one-destination':
      return `${allReplied(cause.destination, seen, subject)} The split cannot be judged from here.`
    case 'same-reply':
      return `No ${unit} got the reply of ${names[cause.destination]}. The replies fit the new weights (${asked}) if ${names[cause.destination]} gives the reply of ${names[cause.like]}. ${observed}`
    case 'other-weights':
      if (subject.stamped)
        return `${TheSplitter(subject)} has the write, as the stamps of these replies show, and does not split by its weights (${asked}). ${observed}`
      return subject.old
        ? `${TheSplitter(subject)} splits neither by the new weights (${asked}) nor by ${oldText(subject)}. ${observed}`
        : `${TheSplitter(subject)} does not split by ${asked}. ${observed}`
    case 'unclear':
      return `${asked} is refuted by one attempt, although all attempts together fit it. The cause is not known. ${observed}`
    case 'not-independent':
      return `${unit === 'request' ? 'Requests' : 'Connections'} are not independent (${subject.stamped ? `a cache in front of ${theSplitter(subject)}` : 'session affinity'}?), so the split cannot be judged. ${observed}`
    case 'unanswered':
      return unansweredDestinationText(cause.destination, diagnosis, subject)
    case 'unrecognized':
      return 'Some replies are not recognized.'
    case 'gateway-refuses':
      return refusedText(subject, seen)
    case 'client-limits':
      return `This machine could not open ${samplesText(diagnosis.clientLimits, 'connection')} (out of files or ports), and opened ${countText(samplesOf(seen))}. Time ran out before the split could be judged.`
    case 'nothing':
      return `Time ran out before any ${unit} ended. Nothing is known about the split.`
  }
}

function refusedText(subject: Subject, { counts }: Diagnosis['seen']): string {
  const no = counts.every((count) => count === 0)
  if (subject.splitter === 'mesh')
    return no ? 'Connections are no longer accepted.' : 'Connections are refused.'
  return no ? 'The gateway no longer accepts connections.' : 'The gateway refuses connections.'
}

/** `the previous weights (v1 80%, v2 20%)`. */
function oldText({ names, namesBefore, old }: Subject): string {
  if (!old) return 'the previous weights'
  // A destination that this run adds did not exist before, so it had no weight, not even 0%.
  const had = names.filter((name, index) => namesBefore.includes(name) || old.shares[index] !== 0)
  return `${old.name} (${weightsText(had, old.shares)})`
}

function newWeights(subject: Subject): string {
  const { names, target, old, stamped, counted } = subject
  const asked = weightsText(names, target)
  return old && !stamped && counted === undefined
    ? `${evidenceWord(subject)} no longer fit ${old.name}. They fit the new weights (${asked})`
    : `${evidenceWord(subject)} fit ${old ? `the new weights (${asked})` : asked}`
}

/** `± 5 points`, and by destination if they differ. */
function toleranceText({ names, tolerancePoints }: Subject): string {
  const [first] = tolerancePoints
  if (tolerancePoints.every((points) => points === first)) return `± ${first} points`
  return names.map((name, index) => `${name} ± ${tolerancePoints[index]} points`).join(', ')
}

function previousText(
  { ended, others, seen }: Diagnosis,
  subject: Subject,
  observed: string,
): string {
  const pinned = others.find((one) => one.kind === 'one-destination')
  if (pinned)
    return `${allReplied(pinned.destination, seen, subject)} Either ${theSplitter(subject)} still splits by ${oldText(subject)}, or it sends every ${subject.unit} from this runner to ${subject.names[pinned.destination]}${orSameReply(others, subject)}.`
  const { propagationSeconds } = subject
  const when =
    ended === 'off-target' && propagationSeconds !== undefined
      ? ` ${propagationSeconds} s after the write`
      : ''
  return `${TheSplitter(subject)} still splits by ${oldText(subject)}${when}${orSameReply(others, subject)}. ${observed}`
}

/** `, or v2 gives the reply of v1`: replies look the same if v2 runs the image of v1. */
function orSameReply(others: readonly Cause[], { names }: Subject): string {
  const same = others.find((one) => one.kind === 'same-reply')
  return same ? `, or ${names[same.destination]} gives the reply of ${names[same.like]}` : ''
}

function partText(part: Part, subject: Subject): string {
  const { words, replicas } = fraction(part)
  const interval = `${shareText(part.low, 1)} to ${shareText(part.high, 1)}`
  const hint =
    replicas === undefined
      ? ''
      : `: ${replicas} ${subject.splitter === 'mesh' ? 'proxies' : 'gateway replicas'}?`
  return `${words} of the ${subject.unit}s (${interval}) are still split by ${oldText(subject)}${hint || '.'}`
}

function swappedText(cause: Extract<Cause, { kind: 'swapped' }>, subject: Subject): string {
  const { names, target, old } = subject
  const mixed = listText(mixedUp(cause.order).map((index) => names[index] ?? ''))
  const shares = cause.of === 'target' ? target : (old?.shares ?? target)
  const still =
    cause.of === 'target'
      ? ''
      : ` Then ${theSplitter(subject)} still splits by ${oldText(subject)}.`
  return `The replies fit ${weightsText(names, shares)} if the expressions of ${mixed} are swapped in expect.${still}`
}

/**
 * `All 1,204 connections from this runner got the reply of v1, although v1 and v2 both have weight.` Only a reply is
 * known, not the destination that was reached.
 */
function allReplied(
  destination: number,
  { counts, unclassified }: Diagnosis['seen'],
  { names, target, unit }: Subject,
): string {
  const weighted = names.filter((_, index) => (target[index] ?? 0) > 0)
  const both = weighted.length === 2 ? 'both' : 'all'
  const answered = counts.reduce((sum, count) => sum + count, 0)
  const all =
    unclassified > 0 ? `${countText(answered)} answered ${unit}s` : samplesText(answered, unit)
  return `All ${all} from this runner got the reply of ${names[destination]}, although ${listText(weighted)} ${both} have weight.`
}

/** The attempts have fewer samples than the diagnosis rests on: the rest came after the decision. */
export function furtherText({ further, unit }: Pick<Subject, 'further' | 'unit'>): string {
  if (further === 0) return ''
  const were = further === 1 ? 'was' : 'were'
  return `Of these, ${samplesText(further, unit)} ${were} ${unit === 'request' ? 'sent' : 'opened'} after the decision, only to find its cause.`
}

function limitsText({ cause, clientLimits }: Diagnosis): string {
  if (clientLimits === 0 || cause.kind === 'client-limits') return ''
  return `This machine could not open ${countText(clientLimits)} more (out of files or ports).`
}
