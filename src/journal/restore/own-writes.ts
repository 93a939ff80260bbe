import { isRestoreOf } from '../../routes/compare-written.ts'
import { kindNamed } from '../../routes/kinds.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { findRule, type RuleKey } from '../../routes/rule-identity.ts'
import { sameWritten, type WrittenDestinations } from '../../routes/written-destinations.ts'
import type { Journal } from '../journal.ts'
import { readJournal } from '../read-journal.ts'
import { beforeStep } from '../rule-now.ts'

/** What a run knows of its writes to a rule. */
export type KnownWrites = RuleKey &
  Pick<Journal, 'original'> & {
    /** Those from before the run, where `original` is a step that it confirmed. */
    before?: WrittenDestinations | undefined
    /** Every list of destinations that it sent. */
    written: readonly WrittenDestinations[]
    /** The object's generation after the last write that was answered. */
    generation: number | undefined
    /** The journal as the API server stored it with that write. A webhook may have changed or removed it. */
    stored: string | undefined
    /** The run's journal, where it is known in full. */
    ownJournal?: Journal | undefined
    /** The destinations as a release of this run leaves them, where it may have been stored and changes the spec. */
    released?: WrittenDestinations | undefined
  }

/** A journal with what its run knows itself. A webhook cannot have changed that, and what a webhook made of a write is the run's too. */
export function withJournal(
  own: Journal,
  confirmed: WrittenDestinations | undefined,
  untouched: KnownWrites | undefined,
): Omit<KnownWrites, 'stored' | 'ownJournal'> {
  const { format } = kindNamed(own.kind)
  const isNewer = confirmed !== undefined && isRestoreOf(own.written, confirmed, format)
  const restoreTo = isNewer ? confirmed : own.restoreTo
  return {
    protocol: own.protocol,
    match: own.match,
    nth: own.nth,
    original: restoreTo,
    before: beforeStep({ ...own, restoreTo }),
    generation: undefined,
    ...untouched,
    written: [own.written, ...(untouched?.written ?? [])],
  }
}

/**
 * What the run knows itself, where no client has written the spec since. Weights that were written again, even if
 * they are the same, are not this run's any more: a later run or another client has written them.
 */
export function untouchedWrites(
  known: KnownWrites | undefined,
  object: RouteObject,
): KnownWrites | undefined {
  if (known?.generation === object.generation) return known
  return known && afterRelease(known, object)
}

/** The same after a release of this run that was stored: the one write since then, which removed stamps and journal. */
function afterRelease(known: KnownWrites, object: RouteObject): KnownWrites | undefined {
  const { generation, released } = known
  if (generation === undefined || object.generation !== generation + 1) return undefined
  if (released === undefined || readJournal(object).kind !== 'none') return undefined
  const rule = findRule(object, known)
  if (rule === undefined || !sameWritten(rule.written, released)) return undefined
  return { ...known, written: [...known.written, released] }
}
