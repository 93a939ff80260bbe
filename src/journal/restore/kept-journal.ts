import { kindOf } from '../../routes/kinds.ts'
import type { RouteKind } from '../../routes/route-kind.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { findRule } from '../../routes/rule-identity.ts'
import { sameWritten, type WrittenDestinations } from '../../routes/written-destinations.ts'
import { JOURNAL, type Journal, journalText } from '../journal.ts'
import { parseJournal } from '../parse-journal.ts'
import type { Step } from './restore-step.ts'

/** A restore that was stored with other weights than were sent. Its patch has removed the journal. */
export type Owed = {
  kind: 'owed'
  object: RouteObject
  restores: NonNullable<Step['restores']>
}

/** there: nothing has to be written. overwritten: another client wrote to the rule since. */
type Kept = { kind: 'there' } | { kind: 'overwritten' } | { kind: 'lacking'; text: string }

/** What has to be written so that `object` carries the journal again. */
export function keptJournal({ object: stored, restores }: Owed, object: RouteObject): Kept {
  const { key, journal } = restores
  if (JOURNAL in object.annotations || !journal) return { kind: 'there' }
  const left = findRule(stored, key)?.written
  const now = findRule(object, key)?.written
  if (!isUnchanged(left, now)) return { kind: 'overwritten' }
  return { kind: 'lacking', text: textFor(journal, now ?? journal.written, kindOf(object)) }
}

/** The journal, with the stored weights as those that a rollback replaces, as long as such a journal is valid. */
function textFor(journal: Journal, written: WrittenDestinations, kind: RouteKind): string {
  const text = journalText({ ...journal, written })
  return parseJournal(text, kind).kind === 'found' ? text : journalText(journal)
}

function isUnchanged(
  left: WrittenDestinations | undefined,
  now: WrittenDestinations | undefined,
): boolean {
  return left === undefined || now === undefined ? left === now : sameWritten(left, now)
}
