import type { Journal } from '../../journal/journal.ts'
import {
  clockText,
  isToStep,
  type JournalView,
  viewOf,
  whoseText,
} from '../../journal/journal-view.ts'
import { toolCommand } from '../../journal/manual-command.ts'
import { readJournal } from '../../journal/read-journal.ts'
import { readObject } from '../../journal/read-object.ts'
import { changeSince, ruleNow, writesIn } from '../../journal/rule-now.ts'
import { percentsNow, rulesText } from '../../journal/rule-percents.ts'
import { unusableRemedy, unusableText } from '../../journal/unusable-journal.ts'
import { wayBackCommand } from '../../journal/way-back.ts'
import { IN_CLUSTER } from '../../kube/credentials/kubeconfig/read-kubeconfig.ts'
import { problem, warning } from '../../problem/problem.ts'
import { RunError } from '../../problem/run-error.ts'
import { placeText } from '../../routes/object-name.ts'
import { percentsText } from '../../routes/percents.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { selectRule } from '../../routes/select-rule.ts'
import { conclude } from '../conclude.ts'
import type { Context } from '../model/context.ts'
import type { Outcome } from '../model/outcome.ts'
import { objectOf } from '../object-of.ts'
import { weightsOf } from '../seen-weights.ts'
import { limits } from '../time-limits.ts'
import { endOfError } from '../verdict-text.ts'
import type { Found } from './found.ts'
import { beforeText } from './not-restored.ts'

/** mode: status. Reads the object and reports whose journal it carries, and what a rollback would do. Never rejects. */
export async function showStatus(context: Context): Promise<Outcome> {
  const time = limits(context)
  const found = await look(context, time.work).catch((error: unknown) => endOfError(context, error))
  time.end()
  return finished(context, found)
}

/** Reports what the run is about to read. */
export function sayStarted({ api, workloads, options, emit }: Context): void {
  emit({
    kind: 'started',
    server: api.server,
    context: api.context ?? IN_CLUSTER,
    objectKind: options.object.kind,
    object: placeText(options.object),
    workloadsServer: workloads.server,
  })
}

/** Ends a run that opened no connection. */
export function finished(context: Context, found: Found): Outcome {
  const unknown = { previousWeights: undefined, weights: undefined }
  return conclude(context, { ...unknown, rolledBack: false, ...found, checks: [] })
}

async function look(context: Context, signal: AbortSignal): Promise<Found> {
  sayStarted(context)
  const { object } = await readObject(objectOf(context), signal)
  const found = readJournal(object)
  checkRoute(context, object, found.kind !== 'none')
  if (found.kind === 'found') return foundJournal(context, object, found.journal)
  const rules = rulesText(object)
  const weights = weightsOf(object, context.options)
  if (found.kind === 'none') {
    const message = [`No run is in progress on ${nameOf(object)}.`, ...rules].join('\n')
    return { verdict: 'idle', reason: 'no-journal', message, remedy: '', weights }
  }
  return {
    verdict: 'in-progress',
    reason: 'journal',
    message: [unusableText(object, found), ...rules].join('\n'),
    remedy: unusableRemedy(context.api, object, found),
    weights,
  }
}

/**
 * A `route` that means no rule, or several, is an error as in the other modes. Where there is a journal it is a warning:
 * what matters then is the run.
 */
function checkRoute(
  { options: { route }, emit }: Context,
  object: RouteObject,
  hasJournal: boolean,
): void {
  if (route.kind === 'any') return
  const chosen = selectRule(object, route)
  if (chosen.ok) return
  if (!hasJournal)
    throw RunError.ofAll(
      chosen.problems.map(({ code, what, remedy }) =>
        problem(code, `${what} No run is in progress on ${nameOf(object)}.`, remedy),
      ),
    )
  for (const { code, what, remedy } of chosen.problems)
    emit({ kind: 'finding', finding: warning(code, what, remedy) })
}

function foundJournal(context: Context, object: RouteObject, journal: Journal): Found {
  const nowMs = context.api.nowMs() ?? Date.now()
  const view = viewOf(object, journal, nowMs)
  context.emit({ kind: 'journal', journal: view })
  const present = percentsNow(object, journal)
  const whose = whoseText(view, nowMs)
  const expires = clockText(view.expires, nowMs)
  const head = view.live
    ? `A run is shifting ${nameOf(object)}: ${whose}. It ends at ${expires} at the latest.`
    : `A run on ${nameOf(object)} was interrupted: ${whose}. Its journal expired at ${expires}.`
  const now = present ? `now ${percentsText(present)}` : 'the rule is gone'
  const rule = view.rule === '' ? '' : `${view.rule}: `
  return {
    verdict: 'in-progress',
    reason: 'journal',
    message: [head, `${rule}${now}. That run wrote ${percentsText(view.written)}.`].join('\n'),
    remedy: remedyFor(context, object, journal, view),
    previousWeights: view.original,
    weights: present,
  }
}

/** The command for a rollback. Where that would restore nothing, also the one that restores the weights all the same. */
function remedyFor(
  { api }: Context,
  object: RouteObject,
  journal: Journal,
  view: JournalView,
): string {
  const now = ruleNow(object, writesIn(journal))
  const rollback = `${rollbackText(view, changeSince(now))}\n  ${toolCommand('rollback', api, object)}`
  if (view.rollback === 'restore' || now.rule === undefined) return rollback
  const command = wayBackCommand(api, object, writesIn(journal))
  return `${rollback}\nTo restore ${percentsText(view.restoreTo)} anyway:\n  ${command}`
}

/** What a rollback would do, as the line before its command. */
function rollbackText(view: JournalView, change: string): string {
  const { live, restoreTo, rollback } = view
  const step = isToStep(view) ? ', the last confirmed step' : ''
  const then = live
    ? ' If that run is still in progress, it then ends with the reason changed-by-other.'
    : ''
  if (rollback === 'restore') return `A rollback restores ${percentsText(restoreTo)}${step}.${then}`
  return `Another client ${change} since. A rollback keeps that and removes only the journal.${beforeText(view)}${then}`
}

function nameOf({ namespace, name }: RouteObject): string {
  return `${namespace}/${name}`
}
