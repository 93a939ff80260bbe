import { MANAGER } from '../../kube/request/api-request.ts'
import { RunError } from '../../problem/run-error.ts'
import type { Context } from '../../rollout/model/context.ts'
import { lastSpecManager, specWrittenAtMs } from '../../routes/controllers/spec-writers.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { readJournal } from '../journal.ts'
import { whoseText } from '../journal-view.ts'
import { showCommand } from '../manual-command.ts'
import { type RuleNow, type RuleWrites, ruleNow } from '../rule-now.ts'
import { unusableText } from '../unusable-journal.ts'
import { wayBack, weightsBefore, weightsNow } from '../way-back.ts'
import type { Written } from '../write/written.ts'
import type { Restored } from './restore.ts'

/** The end of a run whose object or rule is no longer what it wrote: what is in force, who changed what, and the way back. */
export function changedByOther(context: Context, written: Written, done: Restored): RunError {
  const writes = writesOf(written)
  const { context: name } = context.api
  if (done.kind === 'gone') {
    const { object } = done
    const what = `${nameOf(written.object)} was deleted${object ? ' and recreated' : ''} while the run was in progress.`
    if (!object) return stop(`${what} Before the run it had ${weightsBefore(writes)}.`, '')
    const now = nowText(object, writes)
    return stop(`${what} The new object was not changed. ${now}`, wayBack(name, object, writes))
  }
  const { object } = done
  const now = ruleNow(object, writes)
  const sentences = [
    isSpecUntouched(written, object)
      ? `The journal of this run on ${nameOf(object)} was replaced by another client while the run was in progress, so its weights were not restored.`
      : whatText(object, now, writer(written, object)),
    nowText(object, writes),
    journalText(context, done),
  ]
  const isTheirs = now.kind === 'weights' || now.kind === 'as-before'
  const see = `See what is in force:\n  ${showCommand(name, object)}`
  return stop(sentences.join(' '), isTheirs ? see : wayBack(name, object, writes))
}

/** What the run wrote, and what it restores. */
export function writesOf({ journal, sent }: Written): RuleWrites {
  const { kind, match, nth, restoreTo: original } = journal
  return { kind, match, nth, original, written: sent }
}

/** `generation` counts the writes to the spec. */
function isSpecUntouched(written: Written, object: RouteObject): boolean {
  return object.generation !== undefined && object.generation === written.object.generation
}

/** Who wrote the spec after this run did: another run has the same field manager. */
function writer(written: Written, object: RouteObject): string {
  const manager = lastSpecManager(object, specWrittenAtMs(written.object, MANAGER))
  if (manager === undefined) return 'another client'
  return manager === MANAGER ? 'this tool (a rollback or another run)' : `field manager ${manager}`
}

function whatText(object: RouteObject, now: RuleNow, who: string): string {
  const name = nameOf(object)
  const during = 'while the run was in progress'
  switch (now.kind) {
    case 'as-before':
      return `The previous weights of ${name} were restored by ${who} ${during}.`
    case 'as-written':
      return `The weights of this run on ${name} were written again by ${who} ${during}, so they were not restored.`
    case 'weights':
      return `The weights of ${name} were changed by ${who} ${during}. They stay.`
    case 'destinations':
      return `The destinations of the rule of ${name} were changed by ${who} ${during}, so nothing was restored.`
    case 'match':
      return `The match of the rule of ${name} was changed by ${who} ${during}, so nothing was restored.`
    case 'gone':
      return `The rule of ${name} was removed or replaced by ${who} ${during}, so nothing was restored.`
  }
}

/** What is in force and what was before; as the last record of it goes, it is always said. */
function nowText(object: RouteObject, writes: RuleWrites): string {
  const before = `before the run it had ${weightsBefore(writes)}`
  const now = weightsNow(object, writes)
  if (now === undefined) return `The rule is gone; ${before}.`
  const { keepsWeights } = ruleNow(object, writes)
  return `The rule has ${now}${keepsWeights ? ', as this run wrote' : ''}; ${before}.`
}

function journalText(context: Context, done: Exclude<Restored, { kind: 'gone' }>): string {
  const found = readJournal(done.object)
  if (found.kind === 'found') {
    const nowMs = context.api.nowMs() ?? Date.now()
    return `It carries the journal of another run, ${whoseText(found.journal, nowMs)}, which stays.`
  }
  if (found.kind !== 'none') return `${unusableText(done.object, found)} It stays.`
  return done.kind === 'nothing-of-ours'
    ? 'The journal of this run was removed as well.'
    : 'Only the journal of this run was removed.'
}

function stop(message: string, remedy: string): RunError {
  return new RunError('ITS-CHANGED-BY-OTHER', message, remedy)
}

function nameOf({ namespace, name }: RouteObject): string {
  return `${namespace}/${name}`
}
