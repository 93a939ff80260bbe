import type { ApiServer } from '../../kube/api-server.ts'
import type { ClusterFlags } from '../../kube/kubectl.ts'
import { percentsText } from '../../routes/percents.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Rule } from '../../routes/rule.ts'
import { findRule, type RuleKey } from '../../routes/rule-identity.ts'
import { ruleWords } from '../../routes/rule-texts.ts'
import { ConflictError } from '../conflict-error.ts'
import { isLive, type Journal } from '../journal.ts'
import { whoseText } from '../journal-view.ts'
import { locked } from '../locked.ts'
import { ownersCommand, showCommand } from '../manual-command.ts'
import { percentsOfRule } from '../rule-percents.ts'
import type { Write } from './send-write.ts'

type Conflicting = Pick<Write, 'rule' | 'journal'> & { api: Pick<ApiServer, 'context' | 'nowMs'> }

/** A rule, and what it is found again by. */
type Changed = { rule: Pick<Rule, 'name'>; journal: RuleKey; api: Pick<ApiServer, 'context'> }

/** The object has a new version, and no visible change explains it. */
export function fencedOff(write: Conflicting, object: RouteObject): ConflictError {
  return conflict(
    'ITS-WRITE-FENCED-OFF',
    `${nowText(write, object)} The object has a new version without a visible change: the cleanup step of this run, a rollback or another run took it over. This run does not write to it any more.`,
    write,
    object,
  )
}

/** The answer to this run's write was lost, and the spec was written since. */
export function perhapsRestored(write: Conflicting, object: RouteObject): ConflictError {
  return conflict(
    'ITS-WRITE-PERHAPS-ROLLED-BACK',
    `${nowText(write, object)} The answer to a write of this run was lost, and another client wrote to the object since. It may have rolled back the lost write, so this run does not repeat it.`,
    write,
    object,
  )
}

/** Another run's journal is on the object, or the journal of this run's own write is gone. */
export function writeConflict(
  write: Conflicting,
  object: RouteObject,
  there: Journal | undefined,
): ConflictError {
  const { api, journal: own } = write
  const nowMs = api.nowMs() ?? Date.now()
  if (!there || there.owner === own.owner) {
    const what = there
      ? 'Another client changed it right after this run wrote to it.'
      : 'Another client changed it or rolled it back while the run was in progress.'
    return conflict('ITS-CHANGED-BY-OTHER', `${nowText(write, object)} ${what}`, write, object)
  }
  if (isLive(there, nowMs, own)) return locked(object, there, api, nowMs)
  return conflict(
    'ITS-LATE-WRITE',
    `${nowText(write, object)} An interrupted run, ${whoseText(there, nowMs)}, wrote them late, while this run was in progress. The next shift restores the weights from before that run.`,
    write,
    object,
  )
}

/** Another client changed the rule. */
export function changed(write: Changed, object: RouteObject): ConflictError {
  const what = `${nowText(write, object)} Another client changed the rule while the run was in progress.`
  return conflict('ITS-CHANGED-BY-OTHER', what, write, object)
}

/** The object was deleted, according to an API server. */
export function deleted(object: RouteObject): ConflictError {
  const what = `${nameOf(object)} was deleted while the run was in progress.`
  return new ConflictError('ITS-OBJECT-DELETED', what, 'Create it again first.', undefined)
}

/** Another object has its name. */
export function recreated(object: RouteObject): ConflictError {
  const what = `${nameOf(object)} was deleted and recreated while the run was in progress. The new object was not changed.`
  return new ConflictError('ITS-OBJECT-RECREATED', what, 'Run it again.', undefined)
}

/** The weights of an object that is being deleted are gone as soon as its finalizers allow it. */
export function beingDeleted(
  cluster: ClusterFlags,
  object: RouteObject,
  since: string,
): ConflictError {
  const what = `${nameOf(object)} is being deleted (since ${since}). Its weights are deleted with it.`
  const remedy = `To see what holds it (metadata.finalizers):\n  ${showCommand(cluster, object)}`
  return new ConflictError('ITS-OBJECT-BEING-DELETED', what, remedy, undefined)
}

function conflict(
  code: ConstructorParameters<typeof ConflictError>[0],
  what: string,
  { api }: Changed,
  object: RouteObject,
): ConflictError {
  const remedy = `Check which client wrote it, then run it again:\n  ${ownersCommand(api, object)}`
  return new ConflictError(code, what, remedy, object)
}

/** `demo/tcp-echo has v1 70%, v2 30% now.` */
function nowText({ rule, journal }: Changed, object: RouteObject): string {
  const now = findRule(object, journal)
  return now
    ? `${nameOf(object)} has ${percentsText(percentsOfRule(now))} now.`
    : `The ${ruleWords(rule.name)} of ${nameOf(object)} is gone.`
}

function nameOf({ namespace, name }: RouteObject): string {
  return `${namespace}/${name}`
}
