import { confirmedStep, FENCE, isLive, type Journal } from '../../journal/journal.ts'
import { clockText, whoseText } from '../../journal/journal-view.ts'
import { locked } from '../../journal/locked.ts'
import { toolCommand } from '../../journal/manual-command.ts'
import { readJournal } from '../../journal/read-journal.ts'
import { journaledWrite, removeFence } from '../../journal/recorded-write.ts'
import { ruleNow, writesIn } from '../../journal/rule-now.ts'
import { unusableCode, unusableRemedy, unusableText } from '../../journal/unusable-journal.ts'
import { restoredWords, weightsNow, weightsRestored } from '../../journal/way-back.ts'
import { stopFor } from '../../kube/api-problem.ts'
import { isObject } from '../../kube/json.ts'
import type { Resource } from '../../kube/resources.ts'
import { type Problem, warning } from '../../problem/problem.ts'
import { RunError } from '../../problem/run-error.ts'
import { parseRouteObject, type RouteObject } from '../../routes/route-object.ts'
import { specWith } from '../../routes/weights/weigh.ts'
import type { Context } from '../model/context.ts'
import type { Recovered } from '../model/recovered.ts'
import { blockedByPods } from '../rollback/restore-blocked-by.ts'
import { recoveredFrom } from './recovered-text.ts'

/** An object, under which resource it is served, and what takes what became of an interrupted run on it. */
type Target = {
  object: RouteObject
  resource: Resource
  onRecovered: (recovered: Recovered) => void
}

/**
 * Handles the journal that another run left on the object. A run that may be in progress is respected. What an
 * interrupted run left is rolled back first; `verify` and `plan` only report it. Returns the object as it is then, and
 * for a plan as a shift will have it then.
 */
export async function recover(
  context: Context,
  target: Target,
  signal: AbortSignal,
): Promise<RouteObject> {
  const { object } = target
  const found = readJournal(object)
  const readOnly = context.options.mode !== 'shift'
  if (found.kind === 'none')
    return FENCE in object.annotations && !readOnly
      ? removeLeftFence(context, target, signal)
      : object
  if (found.kind !== 'found') {
    const code = unusableCode(found)
    const what = unusableText(object, found)
    const remedy = unusableRemedy(context.api, object, found)
    if (!readOnly) throw new RunError(code, `${what} Nothing was written.`, remedy)
    context.emit({ kind: 'finding', finding: warning(code, what, remedy) })
    return object
  }
  const { journal } = found
  const nowMs = context.api.nowMs() ?? Date.now()
  const live = isLive(journal, nowMs, { run: context.run.id, attempt: context.run.attempt })
  if (readOnly) {
    const restored = !live && context.options.mode === 'plan' ? asRestored(object, journal) : object
    const finding =
      restored === object
        ? otherRun(context, object, journal, live)
        : restoresFirst(context, object, journal)
    context.emit({ kind: 'finding', finding })
    return restored
  }
  if (live) throw locked(object, journal, context.api, nowMs)
  return rollBackInterrupted(context, target, journal, signal)
}

/** The object as a shift restores it before its own write; as it is where a shift restores nothing. */
function asRestored(object: RouteObject, journal: Journal): RouteObject {
  const writes = writesIn(journal)
  const now = ruleNow(object, writes)
  if (journal.onFailure === 'keep' || now.kind !== 'as-written') return object
  const restored = specWith(object, now.rule, writes.original)
  return (isObject(restored) && parseRouteObject({ ...object.raw, ...restored })) || object
}

async function removeLeftFence(
  context: Context,
  { object, ...place }: Target,
  signal: AbortSignal,
): Promise<RouteObject> {
  const done = await removeFence(context.api, place.resource, object, signal).catch(
    (error: unknown) => {
      throw stopFor(error, 'removing the fence of a cleanup step that was killed')
    },
  )
  // If the object was recreated, the write will meet the new one, and report it.
  return done.kind === 'gone'
    ? object
    : unlessJournaled(context, { object: done.object, ...place }, signal)
}

/** Another run may have been faster. Its journal is handled as one that was there at first. */
async function unlessJournaled(
  context: Context,
  target: Target,
  signal: AbortSignal,
): Promise<RouteObject> {
  const hasJournal = readJournal(target.object).kind !== 'none'
  return hasJournal ? recover(context, target, signal) : target.object
}

async function rollBackInterrupted(
  context: Context,
  { object, ...place }: Target,
  journal: Journal,
  signal: AbortSignal,
): Promise<RouteObject> {
  const { api, emit } = context
  const { resource, onRecovered } = place
  const whose = whoseText(journal, api.nowMs() ?? Date.now())
  emit({ kind: 'recovering', run: whose, keeps: journal.onFailure === 'keep' })
  const write = journaledWrite({
    ...{ api, resource, object, journal },
    weights: 'as-journal',
    onTrouble: (why) => emit({ kind: 'release-trouble', why }),
  })
  const blockedBy = blockedByPods(context, resource.version, signal)
  const done = await write.restore(blockedBy, signal).catch((error: unknown) => {
    throw stopFor(error, `rolling back the interrupted run ${whose}`)
  })
  const recovered = recoveredFrom(context, { found: object, journal, whose }, done)
  onRecovered(recovered)
  emit({ kind: 'recovered', recovered })
  return done.object ? unlessJournaled(context, { object: done.object, ...place }, signal) : object
}

/** What a plan reports of the journal of an interrupted run whose weights a shift will restore first. */
function restoresFirst({ api }: Context, object: RouteObject, journal: Journal): Problem {
  const writes = writesIn(journal)
  const name = `${object.namespace}/${object.name}`
  const whose = whoseText(journal, api.nowMs() ?? Date.now())
  return warning(
    'ITS-INTERRUPTED-RUN',
    `${name} has the weights of an interrupted run, ${whose}: ${weightsNow(object, writes)}. A shift first restores ${restoredWords(writes)}: ${weightsRestored(writes)}. This plan starts from these weights, so its edit was not tried on the object.`,
    `To restore them now:\n  ${toolCommand('rollback', api, object)}`,
  )
}

/** What a rollback of an interrupted run restores. */
function journalWords(journal: Journal): string {
  return confirmedStep(journal) ? 'its last confirmed step' : 'the weights from before it'
}

/** What a run that writes nothing reports of another run's journal. */
function otherRun(context: Context, object: RouteObject, journal: Journal, live: boolean): Problem {
  const nowMs = context.api.nowMs() ?? Date.now()
  const whose = whoseText(journal, nowMs)
  return live
    ? warning(
        'ITS-LOCKED',
        `Another run is shifting ${object.namespace}/${object.name}: ${whose}. It ends at ${clockText(journal.expires, nowMs)} at the latest. The weights may change.`,
        `To see whether it has ended:\n  ${toolCommand('status', context.api, object)}`,
      )
    : warning(
        'ITS-INTERRUPTED-RUN',
        `${object.namespace}/${object.name} still has the journal of an interrupted run, ${whose}. Its weights may be those of that run.`,
        `The next shift restores ${journalWords(journal)}. To restore them now:\n  ${toolCommand('rollback', context.api, object)}`,
      )
}
