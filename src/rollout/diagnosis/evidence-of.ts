import type { Ending, Evidence } from '../../split/diagnosis/diagnosis.ts'
import type { Answered } from '../../split/who-is-silent.ts'
import type { Check, CheckEnd, Try } from '../check.ts'
import type { ProofOrder } from '../proof-order.ts'

/** What a check that did not pass has seen, for its diagnosis. */
export function evidenceOf({ check, alpha, present, before }: EvidenceOrder): Evidence {
  const { target, old, tries, watched } = check
  return {
    target,
    old,
    present: old === undefined ? present : undefined,
    before,
    elsewhere: watched.map((count, index) => count + (before?.heard.counts[index] ?? 0)),
    attempts: attemptsOf(check),
    mostlyUnknownReplies: isMostlyUnknown(tries),
    clientLimits: tries.reduce((sum, one) => sum + one.clientLimits, 0),
    ended: endingOf(check.ended),
    alpha,
  }
}

type EvidenceOrder = Pick<ProofOrder, 'check' | 'alpha' | 'present' | 'before'>

/** All attempts in the order of time: those that are kept one by one, those between them added up. */
export function attemptsOf({ tries, triesLeftOut, leftOut, further }: Check): Answered[] {
  const firstAfter = tries.findIndex(({ number }, index) => number !== index + 1)
  const [first, last] =
    triesLeftOut === 0 ? [tries, []] : [tries.slice(0, firstAfter), tries.slice(firstAfter)]
  return [...first, leftOut, ...last, further].filter(isAnything)
}

function isAnything({ counts, unclassified }: Answered): boolean {
  return unclassified > 0 || counts.some((count) => count > 0)
}

function isMostlyUnknown(tries: readonly Try[]): boolean {
  const unclassified = tries.reduce((sum, one) => sum + one.unclassified, 0)
  const came = tries.reduce(
    (sum, { met }) =>
      sum +
      (met['unknown reply'] ?? 0) +
      (met['ambiguous reply'] ?? 0) +
      (met['slow expression'] ?? 0),
    0,
  )
  return came * 2 > unclassified
}

function endingOf(ended: CheckEnd | undefined): Ending {
  switch (ended) {
    case 'no-reply':
    case 'dependent':
      return ended
    case 'limit-reached':
      return 'connections'
    case undefined:
      return 'time'
    default:
      return 'off-target'
  }
}
