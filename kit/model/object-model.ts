import type { Reason } from '../../src/problem/verdict.ts'
import type { Edit } from './hand.ts'
import type { RunOrder } from './run-party.ts'

/** One thing that happens to the object, whole, before the next begins. */
export type Action =
  | { does: 'run'; order: RunOrder; killed?: Kill }
  /** Post of the run that was killed last, if any was. */
  | { does: 'post' }
  /** Somebody runs `mode: rollback`. */
  | { does: 'rollback' }
  /** So much time goes by that every journal expires. */
  | { does: 'expire' }
  | { does: 'edit'; edit: Edit }

/** Is killed at this call on the object, counted from 1, which may still be carried out. */
export type Kill = { at: number; carriedOut: boolean }

/** What the object should be: as little as the rules need. */
export type Model = {
  /** Counts the objects of this name. */
  object: number
  /** v2's percent; undefined: there is no object. */
  weight: number | undefined
  journal: JournalModel | undefined
  /** Ports of the rules in their order. */
  ports: readonly number[]
  labelled: boolean
  /** The run that was killed last after it had told post of itself. */
  dead: Dead | undefined
}

/** `confirmed`: v2's percent in the step that it had confirmed when it told post last. */
type Dead = { owner: string; object: number; confirmed: number | undefined }

export type JournalModel = {
  owner: string
  run: RunOrder['run']
  /** The object that it was written to. */
  object: number
  original: number
  /** What a rollback restores. */
  restoreTo: number
  written: number
  keeps: boolean
  expired: boolean
}

export const OUR_PORT = 31400

export const FIRST: Model = {
  object: 1,
  weight: 20,
  journal: undefined,
  ports: [OUR_PORT],
  labelled: false,
  dead: undefined,
}

/** What an action makes of the object, and what a run that was not killed says at its end. */
export type Expected = { model: Model; reason: Reason | undefined }

/** The rules. `owner` is the token of the run that the action starts. */
export function expected(model: Model, action: Action, owner: string): Expected {
  switch (action.does) {
    case 'run':
      return afterRun(model, action.order, action.killed, owner)
    case 'rollback':
      return afterRollback(model)
    case 'post':
      return { model: afterPost(model), reason: undefined }
    case 'expire':
      return {
        model: { ...model, journal: model.journal && { ...model.journal, expired: true } },
        reason: undefined,
      }
    case 'edit':
      return {
        model: model.weight === undefined ? model : { ...model, ...edited(model, action.edit) },
        reason: undefined,
      }
  }
}

function afterRun(
  model: Model,
  order: RunOrder,
  killed: Kill | undefined,
  owner: string,
): Expected {
  const { calls, reason } = course(model, order, owner)
  const last = killed && calls[killed.at - 1]
  if (!killed || !last) return { model: calls.at(-1) ?? model, reason }
  const before = calls[killed.at - 2] ?? model
  const then = killed.carriedOut ? last : before
  // Post learns of a run with its first own write: the one before which a dry run went.
  const begin = calls.findIndex(({ journal }) => journal?.owner === owner)
  const told = begin >= 0 && killed.at - 1 >= begin
  const steps = calls.slice(0, killed.at).flatMap((call) => confirmedIn(call, owner))
  const dead = told ? { owner, object: model.object, confirmed: steps.at(-1) } : model.dead
  return { model: { ...then, dead }, reason: undefined }
}

/** The step that a write of the run records as confirmed. */
function confirmedIn({ journal }: Model, owner: string): number[] {
  const isOf = journal?.owner === owner && journal.restoreTo !== journal.original
  return isOf ? [journal.restoreTo] : []
}

/** The object after each call of a run on it, were it not killed. */
function course(model: Model, order: RunOrder, owner: string): { calls: Model[]; reason: Reason } {
  const calls: Model[] = [model]
  const { journal, weight } = model
  if (weight === undefined) return { calls, reason: 'preflight' }
  // A journal of another object is read once more: one odd answer must not end a run.
  if (journal && isForeign(model, journal)) return { calls: [model, model], reason: 'locked' }
  if (journal && isLive(journal, order)) return { calls, reason: 'locked' }
  let now = model
  if (journal) {
    now = recovered(model, journal)
    calls.push(now)
  }
  const original = now.weight ?? 0
  const passes = order.ends === 'pass'
  if (original === order.weight) {
    // After a check without a write, the run looks at the object again.
    calls.push(now)
    return { calls, reason: passes || order.ends === 'last-step' ? 'unchanged' : 'limit-reached' }
  }
  // The dry run.
  calls.push(now)
  for (const written of writesOf(order, original)) {
    const { run, ends } = order
    const keeps = ends === 'keep'
    const expired = false
    const { object } = model
    const restoreTo = ends === 'last-step' ? (now.journal?.written ?? original) : original
    const journal = { owner, run, object, original, restoreTo, written, keeps, expired }
    now = { ...now, weight: written, journal }
    calls.push(now)
  }
  const goesBack = order.ends === 'rollback' || order.ends === 'last-step'
  const end = goesBack ? now.journal?.restoreTo : now.weight
  calls.push({ ...now, weight: end, journal: undefined })
  if (order.ends === 'last-step') return { calls, reason: 'no-reply' }
  return { calls, reason: passes ? 'within-tolerance' : 'limit-reached' }
}

/** v2's percents that a run writes: one that fails does so at its first. */
function writesOf({ step, weight, ends }: RunOrder, original: number): number[] {
  const isBetween = step !== undefined && (step - original) * (weight - step) > 0
  const all = isBetween ? [step, weight] : [weight]
  return ends === 'pass' || ends === 'last-step' ? all : all.slice(0, 1)
}

function isLive(journal: JournalModel, { run }: RunOrder): boolean {
  return !journal.expired && !(journal.run.id === run.id && journal.run.attempt < run.attempt)
}

/** The weights of an interrupted run are rolled back, unless another client changed them or its on-failure is keep. Its journal is removed in any case. */
function recovered(model: Model, journal: JournalModel): Model {
  const goesBack = model.weight === journal.written && !journal.keeps
  return { ...model, weight: goesBack ? journal.restoreTo : model.weight, journal: undefined }
}

/** Whether the journal came with a copy of another object. */
export function isForeign({ object }: Model, journal: JournalModel): boolean {
  return journal.object !== object
}

/** A rollback asks neither whether the run is alive nor what its on-failure is. */
function afterRollback(model: Model): Expected {
  const { journal, weight } = model
  if (weight === undefined) return { model, reason: 'preflight' }
  if (!journal) return { model, reason: 'nothing-to-restore' }
  if (isForeign(model, journal)) return { model, reason: 'rollback-failed' }
  const restored = recovered(model, { ...journal, keeps: false })
  return { model: restored, reason: weight === journal.written ? 'restored' : 'changed-by-other' }
}

function afterPost(model: Model): Model {
  const { journal, dead } = model
  const isIts = dead && journal?.owner === dead.owner && dead.object === model.object
  if (!isIts || model.weight === undefined) return model
  return recovered(model, { ...journal, restoreTo: dead.confirmed ?? journal.restoreTo })
}

function edited(model: Model, edit: Edit): Partial<Model> {
  switch (edit) {
    case 'weights':
      return { weight: 70 }
    case 'revert':
      return { weight: 20 }
    case 'rule above':
      return { ports: [9001, ...model.ports] }
    case 'other rule':
      return { ports: [...model.ports.filter((port) => port !== 9002), 9002] }
    case 'label':
      return { labelled: true }
    case 'prune':
      return { journal: undefined }
    case 'apply':
      return { journal: undefined, weight: 20 }
    case 'delete':
      return { weight: undefined, journal: undefined, ports: [], labelled: false }
    case 'recreate':
      return { object: model.object + 1 }
  }
}
