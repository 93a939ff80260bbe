import type { Outcome } from '../../src/rollout/model/outcome.ts'
import { type Moment, ROLLBACK } from './play.ts'
import type { RollbackParty, RunParty } from './run-party.ts'
import type { Snapshot } from './snapshot.ts'

/**
 * Whether a rollback wrote only what it may, whether it said what happened, and whether no run wrote
 * again after it was rolled back.
 */
export function judgeRollback(
  party: RollbackParty,
  history: readonly Moment[],
  runs: readonly RunParty[],
): string[] {
  const outcome = party.outcome()
  if (!outcome) return ['the rollback never ended']
  const writes = history.filter((moment) => moment.by === ROLLBACK && isAccepted(moment))
  return [
    ...writes.filter((moment) => kindOf(moment) === undefined).map(() => 'a wrong rollback'),
    ...(saysTheTruth(outcome, writes, history)
      ? []
      : [`the rollback says what did not happen: ${outcome.reason} (${outcome.message})`]),
    ...writes.flatMap((moment) => writtenAgain(moment, history, runs)),
  ]
}

function isAccepted({ before, after }: Moment): boolean {
  return before?.version !== after?.version
}

/** What a write of the rollback did, by the rules; undefined: what no rule allows. */
function kindOf({ before, after, call }: Moment): 'restore' | 'remove-journal' | undefined {
  if (!before || !after || typeof before.journal === 'string') return undefined
  const [uid, version] = (call?.operations ?? []).map((one) => ('value' in one ? one.value : null))
  if (uid !== before.uid || version !== before.version) return undefined
  if (after.journal !== 'none' || before.rest !== after.rest) return undefined
  const isUnedited = before.routes === JSON.stringify(before.journal.written)
  if (after.routes === before.routes) return isUnedited ? undefined : 'remove-journal'
  return isUnedited && after.routes === JSON.stringify(before.journal.restoreTo)
    ? 'restore'
    : undefined
}

function saysTheTruth(
  { reason, weights }: Outcome,
  writes: readonly Moment[],
  history: readonly Moment[],
): boolean {
  const [only, more] = writes
  if (more) return false
  const own = history.filter(({ by }) => by === ROLLBACK)
  const end = own.at(-1)?.after
  if (weights && JSON.stringify(weights) !== JSON.stringify(end?.weights)) return false
  switch (reason) {
    case 'restored':
      return only !== undefined && kindOf(only) === 'restore'
    case 'nothing-to-restore':
      return !only && own.some(({ after }) => after?.journal === 'none')
    case 'changed-by-other':
      return only ? kindOf(only) === 'remove-journal' : isGone(own, end)
    case 'locked':
      return !only && typeof end?.journal === 'object'
    case 'rollback-failed':
      return !only && own.some(({ after }) => after?.journal === 'foreign')
    case 'preflight':
      return !only && end === undefined
    default:
      return false
  }
}

/** The object that it saw first is not there any more. */
function isGone(own: readonly Moment[], end: Snapshot | undefined): boolean {
  return own[0]?.after?.uid !== end?.uid
}

/** A run whose journal a rollback removed never writes its journal again. */
function writtenAgain(
  rollback: Moment,
  history: readonly Moment[],
  runs: readonly RunParty[],
): string[] {
  const { journal } = rollback.before ?? {}
  if (typeof journal !== 'object') return []
  const run = runs.find(({ owner }) => owner === journal.owner)
  const later = history.slice(history.indexOf(rollback) + 1)
  const isAgain = ({ before, after }: Moment) =>
    typeof after?.journal === 'object' &&
    after.journal.owner === run?.owner &&
    before?.version !== after.version
  return later.some(isAgain) ? [`run ${run?.name} wrote again after it was rolled back`] : []
}
