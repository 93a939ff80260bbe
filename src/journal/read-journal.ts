import { kindOf } from '../routes/kinds.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { JOURNAL, type Journal } from './journal.ts'
import { type ParsedJournal, parseJournal } from './parse-journal.ts'

export type FoundJournal =
  | { kind: 'none' }
  | ParsedJournal
  /** The journal of another object, of which this one is a copy. */
  | { kind: 'foreign'; journal: Journal }

/** Reads the object's journal. */
export function readJournal(object: RouteObject): FoundJournal {
  const text = object.annotations[JOURNAL]
  if (text === undefined) return { kind: 'none' }
  const parsed = parseJournal(text, kindOf(object))
  if (parsed.kind !== 'found') return parsed
  const { uid } = parsed.journal
  return uid === undefined || uid === object.uid ? parsed : { ...parsed, kind: 'foreign' }
}
