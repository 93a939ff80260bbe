import { sameJson } from '../../kube/json.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { findRuleAgain } from '../../routes/select-rule.ts'
import { JOURNAL, type Journal, journalText } from '../journal.ts'
import { parseJournal } from '../parse-journal.ts'
import type { Step } from './restore-step.ts'

/** A restore that was stored with other weights than it had. Its patch has removed the journal. */
export type Owed = {
  kind: 'owed'
  object: RouteObject
  restores: NonNullable<Step['restores']>
}

/** there: nothing is to be written. overwritten: somebody wrote to the rule since. */
type Kept = { kind: 'there' } | { kind: 'overwritten' } | { kind: 'lacking'; text: string }

/** What is to be done so that `object` carries the journal again. */
export function keptJournal({ object: stored, restores }: Owed, object: RouteObject): Kept {
  const { rule, nth, journal } = restores
  if (JOURNAL in object.annotations || !journal) return { kind: 'there' }
  const left = findRuleAgain(stored, rule.identity, nth)?.written
  const now = findRuleAgain(object, rule.identity, nth)?.written
  if (!sameJson(left ? [...left] : null, now ? [...now] : null)) return { kind: 'overwritten' }
  return { kind: 'lacking', text: textFor(journal, now ?? journal.written) }
}

/** The journal with the weights that were stored as what a rollback replaces, as long as it may do so. */
function textFor(journal: Journal, written: Journal['written']): string {
  const text = journalText({ ...journal, written })
  return parseJournal(text).kind === 'found' ? text : journalText(journal)
}
