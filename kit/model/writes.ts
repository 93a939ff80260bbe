import { itemsOf, type WrittenDestinations } from '../../src/routes/written-destinations.ts'
import type { Moment } from './play.ts'
import type { RunParty } from './run-party.ts'
import { type Snapshot, weightsIn } from './snapshot.ts'

/** The run that a party acts for: itself, or the cleanup step after it. */
export type Owners = (by: string) => RunParty | undefined

/**
 * Whether an accepted write was its author's to make: on the object that it first saw, based on the
 * version just before, of nothing but weights and journal, and one of the few that the protocol knows.
 */
export function judgeWrite(moment: Moment, past: readonly Moment[], run: RunParty): string[] {
  const { before, after, call } = moment
  if (!before || !after) return ['a write was accepted where there is no object']
  const wrong: string[] = []
  const [uid, version] = (call?.operations ?? []).map((one) => ('value' in one ? one.value : null))
  if (uid !== before.uid || version !== before.version)
    wrong.push('it was based on another version than the one just before')
  if (before.uid !== firstSeen(past, run)) wrong.push('it was on another object than it first saw')
  if (before.rest !== after.rest) wrong.push('it changed what is no business of a run')
  const kind = kindOf(moment, before, after, past, run)
  if (kind === undefined) wrong.push(`it was not this run's to make: ${told(before, after)}`)
  return wrong
}

function firstSeen(past: readonly Moment[], run: RunParty): string | undefined {
  const first = past.find(
    ({ by, call, answered }) => by === run.name && call?.label === 'GET' && answered === 'ok',
  )
  return first?.after?.uid
}

/** What a write does, by the rules; undefined: what no rule allows. */
function kindOf(
  moment: Moment,
  before: Snapshot,
  after: Snapshot,
  past: readonly Moment[],
  run: RunParty,
): string | undefined {
  const begins = typeof after.journal !== 'string' && after.journal.owner === run.owner
  if (begins) return beginning(before, after, run)
  if (after.journal !== 'none') return undefined
  if (before.journal === 'none') return withoutJournal(before, after, past, run)
  if (typeof before.journal === 'string') return undefined
  const { journal } = before
  const isOwn = journal.owner === run.owner
  const isSuperseded = journal.run === run.order.run.id && journal.attempt < run.order.run.attempt
  const isDead = isSuperseded || Date.parse(journal.expires) <= moment.nowMs
  if (!isOwn && !isDead) return undefined
  const isUnedited = before.routes === JSON.stringify(journal.written)
  const keeps = journal.onFailure === 'keep'
  if (after.routes === before.routes) {
    // Unchanged weights of an interrupted run must be rolled back, unless its on-failure is keep.
    return isOwn || !isUnedited || keeps ? 'remove-journal' : undefined
  }
  const targets = [journal.restoreTo, ...(isOwn ? confirmedOf(run, past) : [])]
  const restores = isUnedited && targets.some((list) => after.routes === JSON.stringify(list))
  return restores && !keeps ? 'restore' : undefined
}

/** A run's own write: the first where there is no other journal, a later one on what it wrote itself. */
function beginning(before: Snapshot, after: Snapshot, run: RunParty): string | undefined {
  if (typeof after.journal === 'string') return undefined
  const { original, restoreTo, written } = after.journal
  const { step, weight, ends } = run.order
  const percent = weightsIn(itemsOf(written)).v2
  if (after.routes !== JSON.stringify(written)) return undefined
  if (percent !== weight && percent !== step) return undefined
  if (before.journal === 'none')
    return before.routes === JSON.stringify(original) && restoreTo === original
      ? 'begin'
      : undefined
  if (typeof before.journal === 'string' || before.journal.owner !== run.owner) return undefined
  const goesOn =
    before.routes === JSON.stringify(before.journal.written) &&
    JSON.stringify(before.journal.original) === JSON.stringify(original) &&
    JSON.stringify(restoreTo) ===
      JSON.stringify(ends === 'last-step' ? before.journal.written : original)
  return goesOn ? 'step' : undefined
}

/** The step that a run had confirmed where it sent its next write, stored or not. */
function confirmedOf({ order }: RunParty, past: readonly Moment[]): WrittenDestinations[] {
  const { ends, step } = order
  if (ends !== 'last-step') return []
  return past.flatMap(({ after }) => {
    if (typeof after?.journal !== 'object') return []
    const { written } = after.journal
    return weightsIn(itemsOf(written)).v2 === step ? [written] : []
  })
}

/** A write where no journal was: a fence, or the restore of a run whose journal was removed and whose weights were not changed since. */
function withoutJournal(
  before: Snapshot,
  after: Snapshot,
  past: readonly Moment[],
  run: RunParty,
): string | undefined {
  if (before.routes === after.routes) return 'fence'
  const own = past.filter(
    ({ by, after: then }) =>
      by === run.name && typeof then?.journal === 'object' && then.journal.owner === run.owner,
  )
  const last = own.at(-1)?.after
  if (!last || typeof last.journal !== 'object') return undefined
  const isUntouched = last.uid === before.uid && last.generation === before.generation
  const targets = [last.journal.restoreTo, ...confirmedOf(run, past)]
  const restores = targets.some((list) => after.routes === JSON.stringify(list))
  return isUntouched && restores ? 'restore' : undefined
}

function told(before: Snapshot, after: Snapshot): string {
  return [before, after]
    .map(({ weights, journal, generation }) => {
      const owner = typeof journal === 'string' ? journal : `journal of ${journal.owner}`
      return `${JSON.stringify(weights)}, ${owner}, generation ${generation}`
    })
    .join(' became ')
}
