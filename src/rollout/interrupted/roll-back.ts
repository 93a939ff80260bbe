import { viewOf, whoseText } from '../../journal/journal-view.ts'
import { locked } from '../../journal/locked.ts'
import { showCommand } from '../../journal/manual-command.ts'
import { readConfirmed } from '../../journal/read-confirmed.ts'
import { readJournal } from '../../journal/read-journal.ts'
import { journaledWrite } from '../../journal/recorded-write.ts'
import type { Restored } from '../../journal/restore/restored.ts'
import { codeOfChange, ruleNow, writesIn } from '../../journal/rule-now.ts'
import { percentsNow, rulesText } from '../../journal/rule-percents.ts'
import { unusableRemedy, unusableText } from '../../journal/unusable-journal.ts'
import { wayBackCommand } from '../../journal/way-back.ts'
import { isAppliedByOthers, managedFieldsOf, stillOwned } from '../../kube/field-owners.ts'
import type { ClusterFlags } from '../../kube/kubectl.ts'
import { apiVersionOf } from '../../kube/resources.ts'
import type { Code } from '../../problem/codes.ts'
import { type Problem, warning } from '../../problem/problem.ts'
import { RunError } from '../../problem/run-error.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Context } from '../model/context.ts'
import type { Outcome } from '../model/outcome.ts'
import { percentsText } from '../model/percents.ts'
import { objectOf } from '../object-of.ts'
import { blockedByPods } from '../rollback/restore-blocked-by.ts'
import { weightsOf } from '../seen-weights.ts'
import { limits, type TimeLimits } from '../time-limits.ts'
import { endOfError, endOfProblem } from '../verdict-text.ts'
import type { Found } from './found.ts'
import {
  beforeText,
  couldNotText,
  type FoundWrite,
  notRestored,
  otherChangeText,
  remedyFor,
} from './not-restored.ts'
import { finished, sayStarted } from './status.ts'

/** A person waits for it, so it gets as long as the cleanup step, although `timeout` allows more by default. Milliseconds. */
const MOST_MS = 60_000

/**
 * mode: rollback. Restores what another run recorded in the journal, also while that run is in progress: the
 * restore moves the object's version and removes the journal, so no later write of that run is accepted. Never
 * rejects.
 */
export async function rollBack(context: Context): Promise<Outcome> {
  const time = limits({ ...context, most: MOST_MS })
  const found = await attempt(context, time).catch((error: unknown) => endOfError(context, error))
  time.end()
  return finished(context, found)
}

async function attempt(context: Context, time: TimeLimits): Promise<Found> {
  sayStarted(context)
  const { api, emit } = context
  const { object, resource, unconfirmed } = await readConfirmed(objectOf(context), time.work)
  emit({ kind: 'object-read', apiVersion: apiVersionOf(resource), uid: object.uid })
  const found = readJournal(object)
  if (found.kind !== 'found' && unconfirmed !== undefined)
    emit({ kind: 'finding', finding: notConfirmed(object, unconfirmed) })
  if (found.kind === 'none') return nothingToRestore(context, object, 'No run is in progress on')
  if (found.kind !== 'found')
    return {
      ...failed(
        'ITS-ROLLBACK-JOURNAL-UNUSABLE',
        `${unusableText(object, found)} Nothing was written.`,
        unusableRemedy(api, object, found),
      ),
      weights: weightsOf(object, context.options),
    }
  const { journal } = found
  const nowMs = api.nowMs() ?? Date.now()
  const view = viewOf(object, journal, nowMs)
  emit({ kind: 'journal', journal: view })
  const write = journaledWrite({
    ...{ api, resource, object, journal },
    weights: 'restore',
    onTrouble: (why) => emit({ kind: 'release-trouble', why }),
  })
  const target = { object, resource, journal, view, whose: whoseText(view, nowMs), write }
  const signal = time.release()
  // A cancellation leaves less time from here on. What became of the restore is reported all the same.
  return write.restore(blockedByPods(context, resource.version, signal), signal).then(
    (done) => endOf(context, target, done),
    (error: unknown) => notRestored(context, target, error, time.release()),
  )
}

/** The warning where the API server did not let a read be compared with what is stored. */
function notConfirmed(object: RouteObject, why: string): Problem {
  return warning(
    'ITS-READ-NOT-CONFIRMED',
    `Whether the API server's answer about ${nameOf(object)} was current could not be confirmed by a dry run: ${why}`,
    'A cache or a mirror in front of the API server may answer with an old version. Run mode: status again later, or allow this tool to patch the object.',
  )
}

function nothingToRestore(context: Context, object: RouteObject, why: string): Found {
  const name = nameOf(object)
  return {
    verdict: 'restored',
    reason: 'nothing-to-restore',
    message: [`${why} ${name}. Nothing was written.`, ...rulesText(object)].join('\n'),
    remedy: '',
    weights: weightsOf(object, context.options),
  }
}

function endOf(context: Context, found: FoundWrite, done: Restored): Found {
  const { object, journal, view, whose } = found
  const name = nameOf(object)
  const previousWeights = percentsNow(object, journal)
  if (done.kind === 'gone')
    return failed(
      done.object ? 'ITS-OBJECT-RECREATED' : 'ITS-OBJECT-DELETED',
      `${name} was deleted${done.object ? ' and recreated' : ''} during the rollback. Nothing was restored.${beforeText(view)}`,
      '',
    )
  const weights = percentsNow(done.object, journal)
  const known = { previousWeights: view.original, weights }
  const now = weights ? percentsText(weights) : 'its rule is gone'
  switch (done.kind) {
    case 'restored':
      warnOfOwner(context, done.object)
      return {
        verdict: 'restored',
        reason: 'restored',
        message: `${name} is restored${done.back.isStep ? ` to the last confirmed step of ${whose}` : ''}: ${now}. The weights before the rollback were written by ${done.back.isStep ? 'that run' : whose}. If that run is still in progress, it ends with the reason changed-by-other.`,
        remedy: '',
        previousWeights,
        weights,
        rolledBack: true,
      }
    case 'changed-by-other':
      return {
        ...failed(
          codeOfChange(ruleNow(done.object, writesIn(journal))),
          `${otherChangeText(done.object, found)} Nothing was restored, and only the journal was removed.${beforeText(view)}`,
          orRestore(context.api, { ...found, object: done.object }),
        ),
        ...known,
      }
    case 'blocked':
      return {
        ...failed(
          done.obstacle.code,
          `${name} still has the weights of ${whose}: ${now}. ${couldNotText(view)} ${done.obstacle.what}`,
          remedyFor(context.api, found),
        ),
        ...known,
      }
    case 'nothing-of-ours':
    case 'journal-removed':
      return endedByItself(context, found, done.object)
  }
}

/** The run whose journal was found has ended since. If another one has begun, it is not rolled back unseen. */
function endedByItself(context: Context, { journal }: FoundWrite, object: RouteObject): Found {
  const found = readJournal(object)
  const nowMs = context.api.nowMs() ?? Date.now()
  if (found.kind === 'found') throw locked(object, found.journal, context.api, nowMs)
  return {
    ...nothingToRestore(context, object, 'The run ended by itself during the rollback of'),
    weights: percentsNow(object, journal),
  }
}

/** The commands after a rollback that kept another client's change. The journal, which had the previous weights, is gone. */
function orRestore(
  cluster: ClusterFlags,
  { object, journal, view }: Pick<FoundWrite, 'object' | 'journal' | 'view'>,
): string {
  const see = `To see what is in force:\n  ${showCommand(cluster, object)}`
  const command = wayBackCommand(cluster, object, writesIn(journal))
  return command === showCommand(cluster, object)
    ? see
    : `${see}\nTo restore ${percentsText(view.restoreTo)} anyway:\n  ${command}`
}

/** A rollback cannot find out who owned the fields before the run. Only clients that apply server-side need to know. */
function warnOfOwner({ api, emit }: Context, object: RouteObject): void {
  if (isAppliedByOthers(managedFieldsOf(object.raw)))
    emit({ kind: 'finding', finding: stillOwned(api, object.name) })
}

function failed(code: Code, message: string, remedy: string): Found {
  return endOfProblem(new RunError(code, message, remedy))
}

function nameOf({ namespace, name }: RouteObject): string {
  return `${namespace}/${name}`
}
