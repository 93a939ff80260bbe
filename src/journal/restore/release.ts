import { stopFor } from '../../kube/api-problem.ts'
import { RunError } from '../../problem/run-error.ts'
import type { Context } from '../../rollout/model/context.ts'
import type { Percents } from '../../rollout/model/outcome.ts'
import { percentsOf, percentsText } from '../../rollout/model/percents.ts'
import type { Evidence } from '../../rollout/rollback/serving.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { sharesOf, withDestinations } from '../../routes/rule.ts'
import { findRuleByIdentity } from '../../routes/rule-identity.ts'
import { sameWritten, type WrittenDestinations } from '../../routes/written-destinations.ts'
import { JOURNAL, readJournal } from '../journal.ts'
import { percentsOfRule } from '../journal-view.ts'
import { removeJournalCommand, showCommand } from '../manual-command.ts'
import { ruleNow } from '../rule-now.ts'
import { wayBackCommand, weightsNow } from '../way-back.ts'
import type { Written } from '../write/written.ts'
import { changedByOther, writesOf } from './changed-by-other.ts'
import { giveBackFields } from './give-back-fields.ts'
import { releaseTask } from './release-task.ts'
import { type Restored, restore } from './restore.ts'

/** How the object stands after the run has let go of it. */
export type Released = {
  rolledBack: boolean
  inForce: Percents | undefined
  stop: RunError | undefined
}

/** After a pass: removes the mark. Weights that are by now not those of the run make a RunError; then nothing of it is left either. */
export async function releasePassed(
  context: Context,
  written: Written,
  signal: AbortSignal,
): Promise<Released> {
  const leaves = releaseTask(context, written, { weights: 'leave', evidence: () => ({}) }, signal)
  const done = await restore(leaves, signal).catch((error: unknown) => {
    throw stopFor(error, 'removing the mark after the weights were proven')
  })
  const object = done.kind === 'gone' ? undefined : done.object
  const rule = object && findRuleByIdentity(object, written.journal.match, written.journal.nth)
  const untouched = rule && sameWritten(rule.written, written.journal.written)
  const inForce = object && sharesIn(object, written)
  // Another run that wrote the same weights may yet take them back: a pass would promise too much.
  const isFree = object !== undefined && readJournal(object).kind === 'none'
  if (object?.deletedAt !== undefined) {
    const stop = beingDeleted(context, object, object.deletedAt)
    return { rolledBack: false, inForce, stop }
  }
  const good =
    untouched && isFree && (done.kind === 'journal-removed' || done.kind === 'nothing-of-ours')
  return {
    rolledBack: false,
    inForce,
    stop: good ? undefined : changedByOther(context, written, done),
  }
}

/** After anything but a pass: puts the original weights back, or keeps them where the input says so, and removes the mark. */
export async function releaseFailure(
  context: Context,
  written: Written,
  evidence: (name: string) => Evidence,
  signal: AbortSignal,
): Promise<Released> {
  const weights = context.options.onFailure === 'keep' ? 'leave' : 'restore'
  let done: Restored
  try {
    done = await restore(releaseTask(context, written, { weights, evidence }, signal), signal)
  } catch (error) {
    return {
      rolledBack: false,
      inForce: undefined,
      stop: rollbackFailed(context, written, messageOf(error)),
    }
  }
  if (done.kind === 'blocked') {
    return {
      rolledBack: false,
      inForce: sharesIn(done.object, written),
      stop: rollbackFailed(context, written, done.why, done.object),
    }
  }
  if (done.kind === 'restored') {
    await giveBackFields(context, written, done.object, signal)
    return { rolledBack: true, inForce: sharesIn(done.object, written), stop: undefined }
  }
  if (done.kind === 'journal-removed')
    return { rolledBack: false, inForce: sharesIn(done.object, written), stop: undefined }
  if (done.kind === 'nothing-of-ours' && done.unfenced)
    return { rolledBack: false, inForce: undefined, stop: mayLand(context, done.object) }
  const inForce = done.object && sharesIn(done.object, written)
  const neverLanded = done.kind === 'nothing-of-ours' && !written.landed
  return {
    rolledBack: false,
    inForce,
    stop: neverLanded ? undefined : changedByOther(context, written, done),
  }
}

/** The percents that the rule has now, by the names of the run as long as its destinations are the same. */
function sharesIn(object: RouteObject, written: Written): Percents | undefined {
  const { kind, rule } = ruleNow(object, writesOf(written))
  if (rule === undefined) return undefined
  const isOurs = kind === 'as-before' || kind === 'as-written'
  return isOurs ? percentsOf(written.names, sharesOf(rule)) : percentsOfRule(rule)
}

function beingDeleted({ api }: Context, object: RouteObject, since: string): RunError {
  return new RunError(
    'ITS-CHANGED-BY-OTHER',
    `${object.name} is being deleted since ${since}: its weights are gone with it`,
    `See what holds it (finalizers):\n  ${showCommand(api.context, object)}`,
  )
}

/** The words for a write that got no answer, and that nobody could see to it that it fails. */
function mayLand({ api }: Context, object: RouteObject): RunError {
  const what = `${object.name} carries nothing of this run as yet; should that write still be on its way, it may land: the API server lets nobody here move the object's version`
  return new RunError(
    'ITS-ROLLBACK-FAILED',
    what,
    `See in a minute whether it has:\n  ${showCommand(api.context, object)}`,
  )
}

/**
 * The words for an object that could not be put in order, with the commands that do it by hand.
 *
 * @param seen the object as it is now, where that is known
 */
export function rollbackFailed(
  context: Context,
  written: Written,
  why: string,
  seen?: RouteObject,
): RunError {
  const { object, journal } = written
  const name = `VirtualService ${object.namespace}/${object.name}`
  if (context.options.onFailure === 'keep') {
    const what = `the mark of this run could not be removed from ${name}: ${why}. The weights were to be kept`
    const remedy = `Remove it by hand:\n  ${removeJournalCommand(context.api.context, object)}`
    return new RunError('ITS-ROLLBACK-FAILED', what, remedy)
  }
  const has = sharesText(written, object, written.sent.at(-1) ?? journal.written)
  const had = sharesText(written, object, journal.original)
  const state = seen
    ? `It has ${weightsNow(seen, writesOf(written)) ?? 'another rule'} now; before the run it had ${had}. ${journalState(seen)}`
    : `It may still have the weights of this run (${has}) and its mark, the annotation ${JOURNAL}; before the run it had ${had}`
  return new RunError(
    'ITS-ROLLBACK-FAILED',
    `the old weights of ${name} could not be put back: ${why}. ${state}`,
    `Put them back by hand:\n  ${wayBackCommand(context.api.context, seen ?? object, writesOf(written))}`,
  )
}

function journalState(object: RouteObject): string {
  return readJournal(object).kind === 'none'
    ? `The annotation ${JOURNAL} is not on the object, so a rollback cannot restore them`
    : `Its journal, the annotation ${JOURNAL}, stays, so that a rollback or the next shift can restore them`
}

/** `v1 80%, v2 20%`, of a route list of the run's entry. */
function sharesText(
  { names, journal }: Written,
  object: RouteObject,
  destinations: WrittenDestinations,
): string {
  const rule = findRuleByIdentity(object, journal.match, journal.nth)
  if (rule === undefined) return 'others'
  const shares = sharesOf(withDestinations(rule, destinations))
  // A destination that the list lacks has no weight, not even 0%.
  return percentsText(percentsOf(names.slice(0, shares.length), shares))
}

function messageOf(error: unknown): string {
  return stopFor(error, 'the write that restores them').message
}
