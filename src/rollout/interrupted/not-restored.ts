import type { Journal } from '../../journal/journal.ts'
import { isToStep, type JournalView } from '../../journal/journal-view.ts'
import { removeJournalCommand, showCommand } from '../../journal/manual-command.ts'
import type { RecordedWrite } from '../../journal/recorded-write.ts'
import { changeSince, ruleNow, writesIn } from '../../journal/rule-now.ts'
import { percentsNow, percentsOfRule } from '../../journal/rule-percents.ts'
import { ApiError } from '../../kube/api-error.ts'
import { stopForWrite } from '../../kube/api-problem.ts'
import { GaveUp } from '../../kube/gave-up.ts'
import type { ClusterFlags } from '../../kube/kubectl.ts'
import type { Resource } from '../../kube/resources.ts'
import { RunError } from '../../problem/run-error.ts'
import { sentence } from '../../problem/sentence.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Context } from '../model/context.ts'
import { percentsText } from '../model/percents.ts'
import { endOfProblem } from '../verdict-text.ts'
import type { Found } from './found.ts'

/** The write of another run that is rolled back, as it was found. */
export type FoundWrite = {
  object: RouteObject
  resource: Resource
  journal: Journal
  view: JournalView
  /** Whose run it is, in words. */
  whose: string
  write: RecordedWrite
}

/** The end of a rollback whose write was refused, or was not answered. */
export async function notRestored(
  { api }: Context,
  found: FoundWrite,
  error: unknown,
  signal: AbortSignal,
): Promise<Found> {
  const { object, journal, resource, view } = found
  const last = error instanceof GaveUp ? error.last : error
  const stop = await stopForWrite(error, { api, resource, doing: 'the write' }, signal)
  const known = stop instanceof RunError ? stop : undefined
  const isDenied = last instanceof ApiError && [401, 403].includes(last.status ?? 0)
  // Only after a write that was certainly refused the object still has the weights that were read.
  const present = api.mayHaveWritten() ? undefined : percentsNow(object, journal)
  const code = known?.reason === 'access' ? known.code : 'ITS-ROLLBACK-FAILED'
  const message = `${weightsText(found, api.mayHaveWritten())} ${sentence(stop.message)}`
  const remedy = [isDenied ? (known?.remedy ?? '') : '', remedyFor(api, found)]
  return {
    ...endOfProblem(new RunError(code, message, remedy.filter(Boolean).join('\n'))),
    previousWeights: view.original,
    weights: present,
  }
}

/** The weights on the object: those of the run, or those that another client wrote. */
function weightsText(found: FoundWrite, mayHaveWritten: boolean): string {
  const { object, journal, view, whose } = found
  const name = `${object.namespace}/${object.name}`
  if (view.rollback !== 'restore')
    return `${otherChangeText(object, found)} Nothing was restored, and the journal could not be removed.${beforeText(view)}`
  const present = percentsNow(object, journal)
  const may = mayHaveWritten ? 'may still have' : 'still has'
  const now = present ? `: ${percentsText(present)}` : ''
  return `${name} ${may} the weights of ${whose}${now}. ${couldNotText(view)}`
}

/** What was not restored. The weights from before the run are reported in any case. */
export function couldNotText(view: Pick<JournalView, 'original' | 'restoreTo'>): string {
  const { restoreTo } = view
  return isToStep(view)
    ? `The last confirmed step of that run (${percentsText(restoreTo)}) could not be restored. Before that run the weights were ${percentsText(view.original)}.`
    : `The weights from before that run (${percentsText(restoreTo)}) could not be restored.`
}

/** The weights on the object, which another client changed after the run wrote to it, and what that client changed. */
export function otherChangeText(
  object: RouteObject,
  { journal, whose }: Pick<FoundWrite, 'journal' | 'whose'>,
): string {
  const name = `${object.namespace}/${object.name}`
  const now = ruleNow(object, writesIn(journal))
  if (now.rule === undefined) return `The rule of ${name} that ${whose} wrote is gone.`
  const has = `${name} has ${percentsText(percentsOfRule(now.rule))} now`
  return now.keepsWeights
    ? `${has}, the weights of ${whose}. Another client ${changeSince(now)} after that run wrote to it.`
    : `${has}. Another client ${changeSince(now)} after ${whose} wrote to it.`
}

/** The weights from before the run, and its last confirmed step. The journal is their last record, and a rollback removes it. */
export function beforeText(view: Pick<JournalView, 'original' | 'restoreTo'>): string {
  const before = ` Before that run they were ${percentsText(view.original)}.`
  return isToStep(view)
    ? `${before} Its last confirmed step is ${percentsText(view.restoreTo)}.`
    : before
}

/** What to do where a rollback did not restore the weights. */
export function remedyFor(
  cluster: ClusterFlags,
  { object, view, write }: Pick<FoundWrite, 'object' | 'view' | 'write'>,
): string {
  if (view.rollback !== 'restore')
    return `Check the weights, then remove the journal:\n  ${showCommand(cluster, object)}\n  ${removeJournalCommand(cluster, object)}`
  const command = write.manualCommand()
  return command === undefined
    ? `Run the rollback again. To see what is in force:\n  ${showCommand(cluster, object)}`
    : `Run the rollback again, or restore them with kubectl:\n  ${command}`
}
