import { randomBytes } from 'node:crypto'
import type { Resource } from '../../kube/resources.ts'
import type { Rule } from '../../routes/rule.ts'
import { findRule } from '../../routes/rule-identity.ts'
import { withoutStamps, withStamps } from '../../routes/weights/stamps.ts'
import { weighed } from '../../routes/weights/weigh.ts'
import type { WeightEdit } from '../../routes/weights/weight-edit.ts'
import type { Weights } from '../../routes/weights/weights.ts'
import type { Journal } from '../journal.ts'
import type { Write } from './send-write.ts'
import type { Written } from './written.ts'

/** What a run writes, and how. */
type Task = {
  resource: Resource
  edit: WeightEdit
  /** Whether each write makes replies name their destination. */
  stamps: boolean
  /** As before the first write. */
  journal: Journal
}

/** The next write, on the version of the object that is known last, and what the run knows as long as it has no answer. */
export function pendingWrite(
  task: Task,
  first: Pick<Write, 'object' | 'rule'>,
  before: Written | undefined,
  weights: Weights,
): { write: Pick<Write, 'object' | 'rule' | 'journal'>; written: Written } {
  const object = before?.object ?? first.object
  const rule = findRule(object, task.journal) ?? first.rule
  const journal = journalOf(task, before?.journal ?? task.journal, rule, weights)
  const written: Written = {
    object,
    before: before?.before ?? object,
    resource: task.resource,
    names: task.edit.names,
    journal: before?.journal ?? journal,
    sent: [...(before?.sent ?? []), journal.written],
    landed: before?.landed ?? false,
    pending: true,
  }
  return { write: { object, rule, journal }, written }
}

/** What the run knows once the weights that it wrote last are confirmed: a restore brings these back, without stamps. */
export function confirmed(written: Written, { format }: Rule): Written {
  const { journal } = written
  const restoreTo = withoutStamps(journal.written, format, { original: journal.original })
  return { ...written, journal: { ...journal, restoreTo } }
}

/** `last` is the journal of the write before. */
export function journalOf(
  { edit, stamps }: Pick<Task, 'edit' | 'stamps'>,
  last: Journal,
  rule: Rule,
  weights: Weights,
): Journal {
  const plain = withoutStamps(weighed(rule, edit, weights), rule.format)
  const written = stamps ? withStamps(plain, newStamps(edit.names.length), rule.format) : plain
  return { ...last, written }
}

/** New ones with each write, so that an old one shows a proxy that does not have the write yet. */
function newStamps(count: number): string[] {
  return Array.from({ length: count }, () => randomBytes(STAMP_BYTES).toString('hex'))
}

/** Enough that no two writes have the same one. */
const STAMP_BYTES = 6
