import type { PatchOperation } from '../../kube/json-patch.ts'
import { isOneOf } from '../../routes/compare-written.ts'
import { kindOf, rulesOf } from '../../routes/kinds.ts'
import { removeAnnotations, setAnnotation } from '../../routes/object/object-guards.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Rule } from '../../routes/rule.ts'
import { findRule, type RuleKey } from '../../routes/rule-identity.ts'
import { plainDestinations, stampsIn, withoutStamps } from '../../routes/weights/stamps.ts'
import { restoreOperation } from '../../routes/weights/weigh.ts'
import { sameWritten, type WrittenDestinations } from '../../routes/written-destinations.ts'
import { FENCE, JOURNAL, type Journal } from '../journal.ts'
import { type FoundJournal, readJournal } from '../read-journal.ts'
import { type KnownWrites, untouchedWrites, withJournal } from './own-writes.ts'
import type { Back } from './restored.ts'

/** The part of a restore's task that decides what the next step is. */
export type StepTask = {
  owner: string
  /** What the run knows itself, for an object without its journal. */
  known: KnownWrites | undefined
  /** The step that the run confirmed last, where a rollback restores it. The journal may record an earlier one. */
  confirmed?: WrittenDestinations | undefined
  /** restore: restore the previous weights. leave: only remove the journal. as-journal: what the journal says. */
  weights: 'restore' | 'leave' | 'as-journal'
  /** A write of the run may still be on its way: move the object's version so that it is refused. */
  fence: boolean
}

/** What follows from one read of the object. */
export type Step = {
  /** changed-by-other: another client changed the rule, so only the journal is removed. */
  kind: 'restored' | 'journal-removed' | 'nothing-of-ours' | 'changed-by-other'
  operations: PatchOperation[]
  fenced: boolean
  /** The run's stamps, none of which the object has when the step is done. */
  stamps: ReadonlySet<string>
  back?: Back
  /** What is restored. */
  restores?: {
    rule: Rule
    key: RuleKey
    original: WrittenDestinations
    /** The journal to write again if the weights are not restored; undefined where it is not known. */
    journal: Journal | undefined
  }
}

/** What to do with the object as it is now. No operations: nothing. */
export function nextStep(task: StepTask, object: RouteObject): Step {
  const found = readJournal(object)
  const own =
    found.kind === 'found' && found.journal.owner === task.owner ? found.journal : undefined
  const untouched = untouchedWrites(task.known, object)
  const isAsStored = object.annotations[JOURNAL] === untouched?.stored
  // Another run writes a journal only with weights. So a changed journal on an unchanged spec is still this run's.
  const isStillOwn = untouched !== undefined && (isAsStored || isRelabelled(found, task.owner))
  if (found.kind !== 'none' && !own && !isStillOwn) return step('nothing-of-ours', [])
  const known = own ? withJournal(own, task.confirmed, untouched) : untouched
  const stamps = known === undefined ? NO_STAMPS : stampsIn(known.written, kindOf(object).format)
  const removeJournal = removeAnnotations(object, JOURNAL, FENCE)
  const rule = known && findRule(object, known)
  const unedited = rule && isOneOf(rule.written, known.written)
  const leave =
    task.weights === 'leave' || (task.weights === 'as-journal' && own?.onFailure === 'keep')
  const journal = own ?? untouched?.ownJournal
  if (unedited && !leave) return restoreOf(task, object, { rule, known, stamps, journal })
  const release = [...removeStamps(object, stamps, known), ...removeJournal]
  if (own || found.kind !== 'none')
    return { ...step(unedited ? 'journal-removed' : 'changed-by-other', release), stamps }
  // The run's own weights without its journal: it was removed, and the answer to that was lost.
  const kind = unedited ? 'journal-removed' : 'nothing-of-ours'
  return { ...fenceStep(task, kind, object, release), stamps }
}

type Wanted = {
  rule: Rule
  known: Omit<KnownWrites, 'stored' | 'ownJournal'>
  stamps: ReadonlySet<string>
  journal: Journal | undefined
}

/** Restores the destinations and removes the journal. */
function restoreOf(
  task: StepTask,
  object: RouteObject,
  { rule, known, stamps, journal }: Wanted,
): Step {
  const { protocol, match, nth, original } = known
  const plain = (list: WrittenDestinations) => plainDestinations(list, rule.format)
  const wasThere = sameWritten(plain(rule.written), plain(original))
  const back = { isStep: known.before !== undefined, wasThere }
  const removeJournal = removeAnnotations(object, JOURNAL, FENCE)
  // Where there is nothing to write, the version is to move all the same.
  if (!(JOURNAL in object.annotations) && sameWritten(rule.written, original))
    return { ...fenceStep(task, 'restored', object, removeJournal), back }
  return {
    ...step('restored', [restoreOperation(rule, original), ...removeJournal]),
    ...{ stamps, back },
    restores: {
      ...{ rule, original },
      key: { protocol, match, nth },
      journal: journal && { ...journal, restoreTo: original },
    },
  }
}

const NO_STAMPS: ReadonlySet<string> = new Set()

/** Removes these stamps wherever the object has them: another client may have moved the rule. */
function removeStamps(
  object: RouteObject,
  stamps: ReadonlySet<string>,
  known?: RuleKey & Pick<KnownWrites, 'original'>,
): PatchOperation[] {
  if (stamps.size === 0) return []
  const own = known && findRule(object, known)?.position
  return rulesOf(object).flatMap((rule) => {
    const before = rule.position === own && known ? { original: known.original } : {}
    const plain = withoutStamps(rule.written, rule.format, { ofRun: stamps, ...before })
    return plain === rule.written ? [] : [restoreOperation(rule, plain)]
  })
}

/** Without weights to restore, only a late write of the run has to be prevented. */
function fenceStep(
  task: StepTask,
  kind: Step['kind'],
  object: RouteObject,
  release: PatchOperation[],
): Step {
  // The mode rollback has not written before, so this is the fence of a cleanup step that is in progress.
  if (task.weights === 'restore' && !task.known && !task.fence) return step(kind, [])
  if (!task.fence) return step(kind, release)
  // What is released has no journal here, so it is stamps alone.
  const fence = setAnnotation(object, FENCE, task.owner)
  return { ...step(kind, [...release.filter(isSpec), ...fence]), fenced: true }
}

/**
 * Whether a journal of this run was given another object's uid, or another kind. A journal that cannot be read, or of a newer
 * version, may be another run's, so it is not acted on.
 */
function isRelabelled(found: FoundJournal, owner: string): boolean {
  if (found.kind === 'foreign') return found.journal.owner === owner
  return found.kind === 'other-kind' && found.owner === owner
}

function step(kind: Step['kind'], operations: PatchOperation[]): Step {
  return { kind, operations, fenced: false, stamps: NO_STAMPS }
}

function isSpec({ path }: PatchOperation): boolean {
  return path.startsWith('/spec/')
}

/** Whether a patch whose answer was lost was stored. Sent again, it would be refused as stale. */
export function hasLanded({ restores, fenced, stamps }: Step, object: RouteObject): boolean {
  if (fenced || readJournal(object).kind !== 'none') return false
  if (hasStamps(object, stamps)) return false
  return restores === undefined || isRestored(restores, object)
}

/** Whether the object has one of these stamps. */
export function hasStamps(object: RouteObject, stamps: ReadonlySet<string>): boolean {
  return removeStamps(object, stamps).length > 0
}

/** Whether the rule has its previous destinations again. */
export function isRestored(
  { key, original }: NonNullable<Step['restores']>,
  object: RouteObject,
): boolean {
  const now = findRule(object, key)
  return now !== undefined && sameWritten(now.written, original)
}
