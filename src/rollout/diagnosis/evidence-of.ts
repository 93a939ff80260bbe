import type { Unclassified } from '../../evidence/probe/connection-outcome.ts'
import type { CheckEnd } from '../../split/check/check-end.ts'
import type { Diagnosis, Ending, Evidence } from '../../split/diagnosis/diagnosis.ts'
import type { ReplyCounts } from '../../split/judge/unanswered-destinations.ts'
import type { CheckTask } from '../check/check-task.ts'
import { lostOf } from '../check/observed-replies.ts'
import type { Check, Lost, ObservedReplies } from '../model/check.ts'

const UNKNOWN_REPLIES: readonly Unclassified[] = [
  'unknown reply',
  'truncated reply',
  'ambiguous reply',
  'slow expression',
]

/** What a check that did not pass has seen, for its diagnosis. */
export function evidenceOf(order: EvidenceOrder): Evidence {
  const { check, alpha, present, before, showsPrevious = false } = order
  const { target, old, attempts, beforeAttempts, settle, watch } = check
  const samplings = [...attempts, settle, watch].filter((one) => one !== undefined)
  return {
    target,
    old,
    present: old === undefined ? present : undefined,
    before,
    stamped: showsPrevious,
    counted: check.counted !== undefined,
    elsewhere: beforeAttempts.map(
      (count, index) => count + (before?.replyCounts.counts[index] ?? 0),
    ),
    attempts: attemptsOf(check),
    mostlyUnknownReplies: isMostly(check, UNKNOWN_REPLIES),
    mostlyRefused: isMostly(check, ['refused']),
    clientLimits: samplings.reduce((sum, one) => sum + one.clientLimits, 0),
    health: check.health,
    settling: check.ended === undefined && check.settle !== undefined,
    former: check.ended === 'not-propagated' ? (samplings.at(-1)?.previous ?? 0) : 0,
    staleProxies: check.ended === 'not-propagated' && check.proxies?.status === 'stale',
    ended: endingOf(check.ended),
    alpha,
  }
}

type EvidenceOrder = Pick<CheckTask, 'check' | 'alpha' | 'present' | 'before' | 'showsPrevious'>

/**
 * All attempts in the order of time: those that are kept one by one, those between them added up. What was sampled after the
 * split was confirmed follows, in parts.
 */
export function attemptsOf({
  attempts,
  attemptsLeftOut,
  leftOut,
  settle,
  watch,
  further,
}: Check): ObservedReplies[] {
  const firstAfter = attempts.findIndex(({ number }, index) => number !== index + 1)
  const [first, last] =
    attemptsLeftOut === 0
      ? [attempts, []]
      : [attempts.slice(0, firstAfter), attempts.slice(firstAfter)]
  const watched = [settle, watch].flatMap((one) => one?.parts ?? [])
  return [...first, leftOut, ...last, ...watched, further].filter(isAnything)
}

function isAnything({ counts, unclassified }: ReplyCounts): boolean {
  return unclassified > 0 || counts.some((count) => count > 0)
}

/** What the connections met that a diagnosis rests on: the same ones that its counts are of. */
export function lostIn(check: Check, { attemptsBefore }: Pick<Diagnosis, 'attemptsBefore'>): Lost {
  return lostOf(attemptsOf(check).slice(attemptsBefore))
}

function isMostly(check: Check, kinds: readonly Unclassified[]): boolean {
  const attempts = attemptsOf(check)
  const { outcomes } = lostOf(attempts)
  const lost = attempts.reduce((sum, one) => sum + one.unclassified, 0)
  return kinds.reduce((sum, kind) => sum + (outcomes[kind] ?? 0), 0) * 2 > lost
}

function endingOf(ended: CheckEnd | undefined): Ending {
  switch (ended) {
    case 'no-reply':
    case 'dependent':
    case 'unhealthy':
    case 'health-undecided':
      return ended
    case 'limit-reached':
      return 'connections'
    case undefined:
      return 'time'
    default:
      return 'off-target'
  }
}
