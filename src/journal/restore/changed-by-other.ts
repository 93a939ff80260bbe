import type { ApiServer } from '../../kube/api-server.ts'
import type { ClusterFlags } from '../../kube/kubectl.ts'
import { MANAGER } from '../../kube/request/api-request.ts'
import { RunError } from '../../problem/run-error.ts'
import { lastSpecManager, specWrittenAtMs } from '../../routes/controllers/spec-writers.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { findRule } from '../../routes/rule-identity.ts'
import { withoutStamps } from '../../routes/weights/stamps.ts'
import { whoseText } from '../journal-view.ts'
import { restoreCommand, showCommand } from '../manual-command.ts'
import { readJournal } from '../read-journal.ts'
import { codeOfChange, type RuleNow, type RuleWrites, ruleNow } from '../rule-now.ts'
import { unusableText } from '../unusable-journal.ts'
import { hadText, restoredWords, wayBack, weightsNow } from '../way-back.ts'
import type { Written } from '../write/written.ts'
import { writesOf } from './released.ts'
import type { Restored } from './restored.ts'
import { STAMPS_KEPT_BY_WEBHOOK } from './webhook-obstacles.ts'

const DURING = 'while the run was in progress'

/** The error for an object or a rule that is not what the run wrote any more: the weights now, who changed what, and the way back. */
export function changedByOther(
  api: Pick<ApiServer, 'context' | 'nowMs'>,
  written: Written,
  done: Restored,
): RunError {
  const writes = writesOf(written)
  if (done.kind === 'gone') return objectGone(api, written.object, writes, done.object)
  const { object } = done
  if (done.kind === 'blocked') {
    const { code, what } = done.obstacle
    const remedy =
      code === STAMPS_KEPT_BY_WEBHOOK.code
        ? withoutText(api, object, writes)
        : showText(api, object)
    return new RunError(code, `${nowText(object, writes)} ${what}`, remedy)
  }
  // The removal of this run's stamps writes the spec too, so what counts is the object before it.
  const found = done.found ?? object
  const now = ruleNow(object, writes)
  const isReplaced = isSpecUntouched(written, found)
  if (isReplaced && !isSpecUntouched(written, object)) return changedByWebhook(api, object, writes)
  const code = isReplaced ? 'ITS-JOURNAL-REPLACED' : codeOfChange(now)
  const what = isReplaced ? JOURNAL_REPLACED : changeText(now, writes, writer(written, found))
  const text = [nowText(object, writes), what, journalText(api, done)].join(' ')
  const isTheirs = ['weights', 'as-before', 'as-confirmed'].includes(now.kind)
  return new RunError(code, text, isTheirs ? showText(api, object) : wayBack(api, object, writes))
}

function showText(cluster: ClusterFlags, object: RouteObject): string {
  return `To see what is in force:\n  ${showCommand(cluster, object)}`
}

/** How to remove the stamps that a webhook keeps. */
function withoutText(cluster: ClusterFlags, object: RouteObject, writes: RuleWrites): string {
  const rule = findRule(object, writes)
  if (rule === undefined) return showText(cluster, object)
  const kept = withoutStamps(rule.written, rule.format, { original: writes.original })
  const command = restoreCommand(cluster, { object, rule, original: kept })
  return `Exempt the object from the webhook, then remove the header:\n  ${command}`
}

/** The write that removed the stamps was stored with other destinations. */
function changedByWebhook(
  cluster: ClusterFlags,
  object: RouteObject,
  writes: RuleWrites,
): RunError {
  const what =
    'An admission webhook changed the rule in the write that removed the journal of this run.'
  return new RunError(
    'ITS-WEBHOOK-CHANGED-WRITE',
    `${nowText(object, writes)} ${what}`,
    wayBack(cluster, object, writes),
  )
}

function objectGone(
  cluster: ClusterFlags,
  before: RouteObject,
  writes: RuleWrites,
  object: RouteObject | undefined,
): RunError {
  const name = nameOf(before)
  const had = hadText(writes, 'the run')
  if (!object) return new RunError('ITS-OBJECT-DELETED', `${name} was deleted ${DURING}. ${had}`)
  const what = `${nowText(object, writes)} It was deleted and recreated ${DURING}. The new object was not changed.`
  const isBefore = ['as-before', 'as-confirmed'].includes(ruleNow(object, writes).kind)
  const remedy = isBefore ? showText(cluster, object) : wayBack(cluster, object, writes)
  return new RunError('ITS-OBJECT-RECREATED', what, remedy)
}

/** `generation` counts the writes to the spec. */
function isSpecUntouched(written: Written, object: RouteObject): boolean {
  return object.generation !== undefined && object.generation === written.object.generation
}

/** Who wrote the spec after this run did. Another run has the same field manager. */
function writer(written: Written, object: RouteObject): string {
  const manager = lastSpecManager(object, specWrittenAtMs(written.object, MANAGER))
  if (manager === undefined) return 'Another client'
  return manager === MANAGER ? 'This tool (a rollback or another run)' : `Field manager ${manager}`
}

const JOURNAL_REPLACED = `Another client replaced the journal of this run ${DURING}, so its weights were not rolled back.`

function changeText({ kind }: RuleNow, writes: RuleWrites, who: string): string {
  switch (kind) {
    case 'as-before':
      return `${who} restored the previous weights ${DURING}.`
    case 'as-confirmed':
      return `${who} restored ${restoredWords(writes)} ${DURING}.`
    case 'as-written':
      return `${who} wrote the weights of this run again ${DURING}, so they were not rolled back.`
    case 'weights':
      return `${who} changed the weights ${DURING}. They stay.`
    case 'destinations':
      return `${who} changed the destinations of the rule ${DURING}, so nothing was restored.`
    case 'match':
      return `${who} changed the match of the rule ${DURING}, so nothing was restored.`
    case 'gone':
      return `${who} removed or replaced it ${DURING}, so nothing was restored.`
  }
}

/** The weights now and before. The journal, the record of these, is removed, so they are always reported. */
function nowText(object: RouteObject, writes: RuleWrites): string {
  const name = nameOf(object)
  const before = hadText(writes, 'the run')
  const now = weightsNow(object, writes)
  if (now === undefined) return `The rule of ${name} is gone. ${before}`
  const { keepsWeights } = ruleNow(object, writes)
  return `${name} has ${now} now${keepsWeights ? ', as this run wrote' : ''}. ${before}`
}

function journalText(
  api: Pick<ApiServer, 'nowMs'>,
  done: Exclude<Restored, { kind: 'gone' }>,
): string {
  const found = readJournal(done.object)
  if (found.kind === 'found') {
    const nowMs = api.nowMs() ?? Date.now()
    return `The object carries the journal of another run, ${whoseText(found.journal, nowMs)}, which stays.`
  }
  if (found.kind !== 'none') return `${unusableText(done.object, found)} It stays.`
  return done.kind === 'nothing-of-ours'
    ? 'The journal of this run was removed as well.'
    : 'Only the journal of this run was removed.'
}

function nameOf({ namespace, name }: RouteObject): string {
  return `${namespace}/${name}`
}
