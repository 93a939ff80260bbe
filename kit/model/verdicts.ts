import type { Outcome, Percents } from '../../src/rollout/model/outcome.ts'
import type { Moment } from './play.ts'
import type { RunParty } from './run-party.ts'
import type { Snapshot } from './snapshot.ts'

/** What a run did and saw, from the history. */
type Life = {
  run: RunParty
  outcome: Outcome
  /** From its first call to its last, others' moves in between included. */
  moments: readonly Moment[]
  /** Its own writes that were accepted. */
  writes: readonly Moment[]
  /** Weights from before its first write; undefined: it wrote none. */
  original: Percents | undefined
  /** The object when it ended. */
  end: Snapshot | undefined
  /** The object when the run was last shown it. A refused write does not show it. */
  seen: Snapshot | undefined
}

/** Whether what a run says of itself is what happened; empty: it is. */
export function judgeVerdict(run: RunParty, history: readonly Moment[]): string[] {
  const outcome = run.outcome()
  if (!outcome) return ['it never ended']
  const life = lifeOf(run, outcome, history)
  const claims = REASONS[outcome.reason]
  const said = `${outcome.verdict}, ${outcome.reason} (${outcome.message})`
  if (!claims) return [`a reason that nothing gave: ${said}`]
  return [
    ...(claims(life) ? [] : [`it says what did not happen: ${said}`]),
    ...(outcome.rolledBack === isRestored(life)
      ? []
      : [`rolledBack is ${outcome.rolledBack}, which it is not: ${said}`]),
    ...inForce(life),
  ]
}

function lifeOf(run: RunParty, outcome: Outcome, history: readonly Moment[]): Life {
  const own = (moment: Moment) =>
    moment.by === run.name || (moment.by === 'cancel' && moment.choice.includes(run.name))
  const isCall = (moment: Moment) => own(moment) && !moment.choice.startsWith('late')
  const first = history.findIndex(isCall)
  const last = history.findLastIndex(isCall)
  const moments = history.slice(first, last + 1)
  const writes = moments.filter(
    (moment) =>
      own(moment) && moment.before?.version !== moment.after?.version && moment.after !== undefined,
  )
  const begun = writes.find((moment) => hasJournalOf(run, moment.after))
  return {
    run,
    outcome,
    moments,
    writes,
    original: begun?.before?.weights,
    end: moments.at(-1)?.after,
    seen: moments.findLast((moment) => own(moment) && !isRefusedWrite(moment))?.after,
  }
}

const REASONS: Partial<Record<Outcome['reason'], (life: Life) => boolean>> = {
  'within-tolerance': (life) => life.original !== undefined && hasIts(life) && isFree(life.end),
  unchanged: (life) =>
    life.original === undefined && life.moments.some(({ after }) => isDone(life, after)),
  // Only where the last write gets no reply.
  'no-reply': (life) => life.original !== undefined && isRestored(life),
  'limit-reached': (life) =>
    life.original === undefined
      ? life.moments.some(({ after }) => isDone(life, after))
      : isRestored(life) || (life.run.order.ends === 'keep' && isUnmarked(life)),
  locked: (life) => life.original === undefined && life.moments.some(isLockedFor(life)),
  'changed-by-other': (life) => life.moments.some(isByOther(life)),
  cancelled: (life) =>
    life.original === undefined ||
    isRestored(life) ||
    life.run.order.ends === 'keep' ||
    life.moments.some(isByOther(life)),
  // No object, when it first looked.
  preflight: (life) => life.original === undefined && life.moments[0]?.after === undefined,
}

/**
 * The weights that it says are in force are those that its restore left or, without one, those on the object when it was
 * last shown it; a cancel leaves no time to look again. What follows a restore only gives fields back.
 */
function inForce(life: Life): string[] {
  const { outcome, original, moments } = life
  const seen = isRestored(life) ? restoring(life)?.after : life.seen
  const { weights } = outcome
  if (weights === undefined || sameWeights(weights, seen?.weights)) return []
  const isUnseen = outcome.reason === 'cancelled' && original === undefined
  if (isUnseen && moments.some(({ after }) => sameWeights(weights, after?.weights))) return []
  const there = JSON.stringify(seen?.weights)
  return [`it says ${JSON.stringify(weights)} are in force, there are ${there}: ${outcome.message}`]
}

function isRefusedWrite({ call, answered = '' }: Moment): boolean {
  return call?.kind === 'write' && REFUSALS.includes(answered)
}

/** What an API server answers to a write on another version of an object, or on one that is gone. */
const REFUSALS: readonly string[] = ['409', '404']

function hasIts({ run, end }: Life): boolean {
  return end?.weights?.v2 === run.order.weight
}

/** No journal is on it. */
function isFree(state: Snapshot | undefined): boolean {
  return state?.journal === 'none'
}

function isUnmarked({ run, end }: Life): boolean {
  return !hasJournalOf(run, end)
}

function isDone({ run }: Life, state: Snapshot | undefined): boolean {
  return state?.weights?.v2 === run.order.weight
}

/** Its own last write to the rule restored its original weights. Fields that it gives back after that change no rule. */
function isRestored(life: Life): boolean {
  const { original, run, writes } = life
  const last = restoring(life)
  if (original === undefined || !last) return false
  if (staysAtStep(life)) return !hasJournalOf(run, writes.at(-1)?.after)
  if (hasJournalOf(run, last.after)) return false
  return [original, stepOf(life)].some((weights) => sameWeights(last.after?.weights, weights))
}

/** The weights of the step that a rollback restores, where the run goes back to one. */
function stepOf({ run: { order }, writes }: Life): Percents | undefined {
  if (order.ends !== 'last-step') return undefined
  return writes.find(({ after }) => after?.weights?.v2 === order.step)?.after?.weights
}

/** Its last write only removed its journal from the step that it had confirmed. */
function staysAtStep(life: Life): boolean {
  const last = life.writes.at(-1)
  const step = stepOf(life)
  return last?.before?.routes === last?.after?.routes && sameWeights(last?.after?.weights, step)
}

function restoring({ writes }: Life): Moment | undefined {
  return writes.findLast(({ before, after }) => before?.routes !== after?.routes)
}

function isLockedFor({ run }: Life) {
  return ({ after }: Moment) =>
    after?.journal === 'foreign' ||
    (typeof after?.journal === 'object' && after.journal.owner !== run.owner)
}

function isByOther({ run }: Life) {
  return ({ by, before, after }: Moment) => by !== run.name && before?.version !== after?.version
}

function hasJournalOf({ owner }: RunParty, state: Snapshot | undefined): boolean {
  return typeof state?.journal === 'object' && state.journal.owner === owner
}

function sameWeights(one: Percents | undefined, other: Percents | undefined): boolean {
  return one !== undefined && other !== undefined && one.v1 === other.v1 && one.v2 === other.v2
}
