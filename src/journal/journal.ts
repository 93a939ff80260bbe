import type { RouteObject } from '../routes/route-object.ts'
import type { Rule } from '../routes/rule.ts'
import { keyOf, type RuleKey } from '../routes/rule-identity.ts'
import { withoutStamps } from '../routes/weights/stamps.ts'
import { sameWritten, type WrittenDestinations } from '../routes/written-destinations.ts'

/** The annotation that a route object carries while a run is in progress. */
export const JOURNAL = 'istio-traffic-shift/journal'

/**
 * The annotation that the cleanup step adds and removes. A write that is still on its way then meets another
 * version of the object, and is refused.
 */
export const FENCE = 'istio-traffic-shift/fence'

/** The version that this tool writes. Version 1 has no version field and no object identity. */
export const JOURNAL_VERSION = 2

/**
 * What a run that does not pass does: it restores what its journal says, or it keeps its own weights. `last-step` is
 * `rollback` to other destinations, so that older versions of this tool can read and restore it too.
 */
export type OnFailure = 'rollback' | 'keep'

/** Later than the end of any run: after its timeout a run may take this long for its last calls. Milliseconds. */
const GRACE_MS = 60_000

/** The record of the previous weights. It is written in one patch with the new ones, so an object never has these alone. */
export type Journal = RuleKey & {
  /** Identifies the CI run; the same in all its attempts. */
  run: string
  attempt: number
  /** A random token of this one run. */
  owner: string
  /** A link to the CI run, or user@host. Empty in version 1. */
  by: string
  /** RFC 3339, by the API server's clock. undefined in version 1. */
  started: string | undefined
  /** The time by which the run is over, by the API server's clock. RFC 3339. */
  expires: string
  /** The object that the journal was written to. A copy of it has another uid. undefined in version 1. */
  uid: string | undefined
  kind: string
  /** The rule as the input `route` names it. Empty in version 1. */
  rule: string
  /** The rule's destinations before the run. */
  original: WrittenDestinations
  /** The destinations that the run wrote last. */
  written: WrittenDestinations
  /** The destinations that a rollback restores: the original ones, or those of the last step that the run has confirmed. */
  restoreTo: WrittenDestinations
  onFailure: OnFailure
}

/** The annotation's text, without what can be left out: all annotations of an object share 256 KiB. */
export function journalText(journal: Journal): string {
  const { restoreTo, protocol, nth, ...rest } = journal
  return JSON.stringify({
    version: JOURNAL_VERSION,
    ...rest,
    ...(protocol === 'tcp' ? {} : { protocol }),
    ...(nth === 0 ? {} : { nth }),
    ...(confirmedStep(journal) ? { restoreTo } : {}),
  })
}

/** What a rollback restores in place of the original destinations: those of a confirmed step; undefined: none. */
export function confirmedStep({
  original,
  restoreTo,
}: Pick<Journal, 'original' | 'restoreTo'>): WrittenDestinations | undefined {
  return sameWritten(original, restoreTo) ? undefined : restoreTo
}

/** The run that a journal is written by. Times in milliseconds, by the API server's clock. */
export type JournalRun = {
  id: string
  attempt: number
  owner: string
  by: string
  startedMs: number
  timeoutMs: number
  onFailure: OnFailure
}

/** The journal of a run that has not written yet. */
export function startJournal(run: JournalRun, object: RouteObject, rule: Rule): Journal {
  const { id, attempt, owner, by, startedMs, timeoutMs, onFailure } = run
  // A stamp that an earlier run has left, its journal removed by another client, is not restored.
  const original = withoutStamps(rule.written, rule.format)
  return {
    ...{ run: id, attempt, owner, by },
    started: new Date(startedMs).toISOString(),
    expires: new Date(startedMs + timeoutMs + GRACE_MS).toISOString(),
    uid: object.uid,
    kind: object.kind,
    rule: rule.name,
    ...keyOf(object, rule),
    original,
    written: rule.written,
    restoreTo: original,
    onFailure,
  }
}

/**
 * Whether the run that wrote a journal may still be in progress.
 *
 * @param own the run that asks: an earlier attempt of the same CI run is over
 */
export function isLive(
  journal: Journal,
  nowMs: number,
  own?: { run: string; attempt: number },
): boolean {
  const supersededAttempt =
    own !== undefined && journal.run === own.run && journal.attempt < own.attempt
  return !supersededAttempt && Date.parse(journal.expires) > nowMs
}
