import type { PatchOperation } from '../../kube/json-patch.ts'
import { isOneOf } from '../../routes/compare-written.ts'
import { removeAnnotations, setAnnotation } from '../../routes/object-guards.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Rule } from '../../routes/rule.ts'
import { findRuleByIdentity } from '../../routes/rule-identity.ts'
import { restoreOperation } from '../../routes/weights/weigh.ts'
import { sameWritten, type WrittenDestinations } from '../../routes/written-destinations.ts'
import { FENCE, type FoundJournal, JOURNAL, type Journal, readJournal } from '../journal.ts'

/** A run's writes to an entry: what was there before, every route list that it sent, and the object's generation after the last that was answered. */
export type KnownWrites = Pick<Journal, 'match' | 'nth' | 'original'> & {
  written: readonly WrittenDestinations[]
  generation: number | undefined
  /** The journal as the API server stored it with that write: a webhook may have changed or dropped it. */
  stored: string | undefined
  /** The run's journal, where it is known in full. */
  ownJournal?: Journal | undefined
}

/** Of an order to put something back, what decides over the next step. */
export type StepTask = {
  owner: string
  /** What the run knows itself, should its mark have been pruned from the object. */
  known: KnownWrites | undefined
  /** restore puts the original back, leave only removes the mark; as-journal does what the dead run was to do. */
  weights: 'restore' | 'leave' | 'as-journal'
  /** A write of ours may still be on its way: move the object's version so that it fails. */
  fence: boolean
}

/** What one look at the object leads to. */
export type Step = {
  /** changed-by-other: somebody else edited the entry; only the mark is removed. */
  kind: 'restored' | 'journal-removed' | 'nothing-of-ours' | 'changed-by-other'
  operations: PatchOperation[]
  fenced: boolean
  /** What would come back. */
  restores?: {
    rule: Rule
    nth: number
    original: WrittenDestinations
    /** What the object must carry again should the weights not come back; undefined where it is not known. */
    journal: Journal | undefined
  }
}

/** What is to be done with the object as it is now; no operations: nothing. */
export function nextStep(order: StepTask, object: RouteObject): Step {
  const found = readJournal(object)
  const own =
    found.kind === 'found' && found.journal.owner === order.owner ? found.journal : undefined
  const untouched = untouchedWrites(order, object)
  const isAsStored = object.annotations[JOURNAL] === untouched?.stored
  // Another run writes its journal with weights. A relabelled one on an untouched spec is still this run's.
  const isStillOwn = untouched !== undefined && (isAsStored || isRelabelled(found, order.owner))
  if (found.kind !== 'none' && !own && !isStillOwn) return step('nothing-of-ours', [])
  const known = own ? withJournal(own, untouched) : untouched
  const removeJournal = removeAnnotations(object, JOURNAL, FENCE)
  const rule = known && findRuleByIdentity(object, known.match, known.nth)
  const unedited = rule && isOneOf(rule.written, known.written)
  const leave =
    order.weights === 'leave' || (order.weights === 'as-journal' && own?.onFailure === 'keep')
  if (unedited && !leave) {
    return {
      ...step('restored', [restoreOperation(rule, known.original), ...removeJournal]),
      restores: {
        rule,
        nth: known.nth,
        original: known.original,
        journal: own ?? untouched?.ownJournal,
      },
    }
  }
  if (own || found.kind !== 'none')
    return step(unedited ? 'journal-removed' : 'changed-by-other', removeJournal)
  // The run's own weights without its mark: it was removed, though the answer to that was lost.
  const kind = unedited ? 'journal-removed' : 'nothing-of-ours'
  return fenceStep(order, kind, object, removeJournal)
}

/** Without weights to restore, all that is left to do is that no write of the run comes late. */
function fenceStep(
  order: StepTask,
  kind: Step['kind'],
  object: RouteObject,
  removeJournal: PatchOperation[],
): Step {
  // `mode: rollback` wrote nothing before, so a fence that it meets is that of a post at work.
  if (order.weights === 'restore' && !order.known && !order.fence) return step(kind, [])
  if (!order.fence) return step(kind, removeJournal)
  return { ...step(kind, setAnnotation(object, FENCE, order.owner)), fenced: true }
}

/**
 * Whether a journal of this run was given another object's uid. One that cannot be read may be anybody's, a newer
 * version's too: it is not acted on.
 */
function isRelabelled(found: FoundJournal, owner: string): boolean {
  return found.kind === 'foreign' && found.journal.owner === owner
}

/** A run's journal, with what it knows itself: that a webhook cannot have changed, and what it made of the write is the run's too. */
function withJournal(
  own: Journal,
  untouched: KnownWrites | undefined,
): Omit<KnownWrites, 'stored' | 'ownJournal'> {
  return {
    match: own.match,
    nth: own.nth,
    original: own.restoreTo,
    generation: undefined,
    ...untouched,
    written: [own.written, ...(untouched?.written ?? [])],
  }
}

/**
 * A run's own knowledge, where its mark is gone and nobody wrote the spec since: of weights that are
 * those of the run but were written again, by a later run that took this one for dead or by
 * somebody's hand, this run is not the owner any more.
 */
function untouchedWrites({ known }: StepTask, object: RouteObject): KnownWrites | undefined {
  return known?.generation === object.generation ? known : undefined
}

function step(kind: Step['kind'], operations: PatchOperation[]): Step {
  return { kind, operations, fenced: false }
}

/** A patch whose answer was lost on the way would be refused as stale if it were sent again, yet it may have done its work. */
export function hasLanded({ restores, fenced }: Step, object: RouteObject): boolean {
  if (fenced || readJournal(object).kind !== 'none') return false
  return restores === undefined || isRestored(restores, object)
}

/** Whether the object has the original routes again. */
export function isRestored(
  { rule, nth, original }: NonNullable<Step['restores']>,
  object: RouteObject,
): boolean {
  const now = findRuleByIdentity(object, rule.identity, nth)
  return now !== undefined && sameWritten(now.written, original)
}
