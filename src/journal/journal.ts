import type { Json } from '../kube/json.ts'
import type { OnFailure } from '../options/options.ts'
import { kindOf } from '../routes/kinds.ts'
import type { RouteObject } from '../routes/route-object.ts'
import type { Rule } from '../routes/rule.ts'
import { countSameBefore } from '../routes/rule-identity.ts'
import type { WrittenDestinations } from '../routes/written-destinations.ts'
import { type ParsedJournal, parseJournal } from './parse-journal.ts'

/** The annotation that a route object carries while a run is in progress. */
export const JOURNAL = 'istio-traffic-shift/journal'

/** The annotation that post adds and removes, so that a write still on its way meets another version. */
export const FENCE = 'istio-traffic-shift/fence'

/** The version that this tool writes. Version 1 has no version field and no object identity. */
export const JOURNAL_VERSION = 2

/** Written in one patch with the weights, so that weights without a way back never exist. */
export type Journal = {
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
  /** The rule's match, by which it is found again. */
  match: Json
  /** The rule's position among rules with the same match, from 0. */
  nth: number
  /** The rule's destinations before the run. */
  original: WrittenDestinations
  /** The destinations that the run wrote last. */
  written: WrittenDestinations
  /** The destinations that a rollback restores. */
  restoreTo: WrittenDestinations
  onFailure: OnFailure
}

export type FoundJournal =
  | { kind: 'none' }
  | ParsedJournal
  /** The journal of another object, from which this one was copied. It says nothing about this one. */
  | { kind: 'foreign'; journal: Journal }

/** The annotation's text. It is short: annotations share 256 KiB with those of others. */
export function journalText(journal: Journal): string {
  const { restoreTo, nth, ...rest } = journal
  return JSON.stringify({
    version: JOURNAL_VERSION,
    ...rest,
    ...(nth === 0 ? {} : { nth }),
    ...(restoreTo === journal.original ? {} : { restoreTo }),
  })
}

/** Reads the object's journal. Text that is not understood is never acted on. */
export function readJournal(object: RouteObject): FoundJournal {
  const text = object.annotations[JOURNAL]
  if (text === undefined) return { kind: 'none' }
  const parsed = parseJournal(text, kindOf(object).format)
  if (parsed.kind !== 'found') return parsed
  const { uid } = parsed.journal
  return uid === undefined || uid === object.uid ? parsed : { ...parsed, kind: 'foreign' }
}

/** What a journal says of the rule that it is for. */
export function ruleIdentity(
  object: RouteObject,
  rule: Rule,
): Pick<Journal, 'uid' | 'kind' | 'rule' | 'match' | 'nth'> {
  return {
    uid: object.uid,
    kind: object.kind,
    rule: rule.name,
    match: rule.identity,
    nth: countSameBefore(object, rule),
  }
}

/** Whether a journal's run may still be at work, as seen from another run. */
export function isLive(
  journal: Journal,
  nowMs: number,
  own?: { run: string; attempt: number },
): boolean {
  const supersededAttempt =
    own !== undefined && journal.run === own.run && journal.attempt < own.attempt
  return !supersededAttempt && Date.parse(journal.expires) > nowMs
}
