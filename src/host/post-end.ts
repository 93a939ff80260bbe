import { JOURNAL, readJournal } from '../journal/journal.ts'
import type { Restored } from '../journal/restore/restore.ts'
import { ruleNow } from '../journal/rule-now.ts'
import { unusableText } from '../journal/unusable-journal.ts'
import { wayBack, weightsBefore, weightsNow } from '../journal/way-back.ts'
import { IN_CLUSTER } from '../kube/credentials/kubeconfig/read-kubeconfig.ts'
import { isAppliedByOthers, managedFieldsOf, stillOwned } from '../kube/field-owners.ts'
import type { PostEnd } from '../report/summary/post-summary.ts'
import { isUnjournaled } from '../rollout/interrupted/unjournaled.ts'
import type { Intent } from '../rollout/model/context.ts'
import type { RouteObject } from '../routes/route-object.ts'

/** What post says of what it found and did: the weights in force, why, and the way back as long as it is known. */
export function postEnd(intent: Intent, done: Restored): PostEnd {
  const name = nameOf(intent)
  switch (done.kind) {
    case 'restored':
      return {
        end: 'restored',
        text: `${name}: the weights from before the killed run are back, its journal is removed${ownerText(done.object)}`,
      }
    case 'journal-removed':
      return {
        end: 'kept',
        text: `${name}: the journal of the killed run is removed; its weights were to be kept.${told(intent, done.object)}`,
      }
    case 'nothing-of-ours':
      return nothingOfOurs(intent, done)
    case 'changed-by-other':
      return changedByOther(intent, done.object)
    case 'gone':
      return gone(intent, done.object)
    case 'blocked': {
      const kept = JOURNAL in done.object.annotations ? ' Its journal stays.' : ''
      return {
        end: 'failed',
        text: `${name} still has the weights of the killed run: the previous ones cannot be restored, ${done.why}.${kept}${told(intent, done.object)}`,
      }
    }
  }
}

/** The commands that main saved, for where nothing newer is known. */
export function byHand(intent: Intent): string {
  return `Put it in order by hand:\n  ${intent.byHand}`
}

/** That this tool still owns the fields, where somebody applies the object server-side. */
function ownerText(object: RouteObject): string {
  if (!isAppliedByOthers(managedFieldsOf(object.raw))) return ''
  const { what, remedy } = stillOwned(object.name)
  return `. ${what}.\n${remedy}`
}

function nothingOfOurs(
  intent: Intent,
  { object, unfenced }: Extract<Restored, { kind: 'nothing-of-ours' }>,
): PostEnd {
  const name = nameOf(intent)
  if (isUnjournaled(intent.memory, object)) {
    const found = readJournal(object)
    const why =
      found.kind === 'none' || found.kind === 'found'
        ? ': an admission webhook or another client removed it, or another run set the same weights'
        : ` as that run wrote it. ${unusableText(object, found)}`
    return {
      end: 'failed',
      text: `${name} has the weights that the killed run was to write, but not its journal${why.replace(/\.$/, '')}. They were not confirmed by the killed run.${told(intent, object)}`,
    }
  }
  const none = `${name} carries no mark of the killed run, which had not written yet or was done with the object`
  return unfenced
    ? {
        end: 'restored',
        text: `${none}; should a write of it still be on its way, it may land: the API server lets nobody here move the object's version`,
      }
    : { end: 'nothing', text: `${none}; a write of it that is still on its way will be refused` }
}

function changedByOther(intent: Intent, object: RouteObject): PostEnd {
  const { memory } = intent
  const name = nameOf(intent)
  const only = 'Only the journal of the killed run was removed.'
  if (!memory)
    return {
      end: 'failed',
      text: `${name} was changed by another client after the killed run wrote to it. It was not restored. ${only}\n${byHand(intent)}`,
    }
  const now = ruleNow(object, memory)
  const what = {
    'as-before': 'its previous weights were restored by another client',
    'as-written': 'its weights were written again by another client',
    weights: 'its weights were changed by another client, and stay',
    destinations: 'the destinations of its rule were changed by another client',
    match: 'the match of its rule was changed by another client',
    gone: 'its rule was removed or replaced by another client',
  }[now.kind]
  const text = `${name}: after the killed run wrote to it, ${what}. ${only}`
  const isUnconfirmed =
    now.keepsWeights && memory.onFailure !== 'keep' && memory.journal !== 'released'
  return isUnconfirmed
    ? {
        end: 'failed',
        text: `${text} The weights are still those of the killed run, which it did not confirm.${told(intent, object)}`,
      }
    : { end: 'left', text: `${text}${told(intent, object)}` }
}

function gone(intent: Intent, object: RouteObject | undefined): PostEnd {
  const { memory } = intent
  const name = nameOf(intent)
  if (!object)
    return { end: 'left', text: `${name} was deleted since. Nothing was written.${told(intent)}` }
  const text = `${name} was deleted and recreated since. The new object was not changed.`
  const isUnconfirmed =
    memory !== undefined &&
    memory.onFailure !== 'keep' &&
    memory.journal !== 'released' &&
    ruleNow(object, memory).keepsWeights
  return isUnconfirmed
    ? {
        end: 'failed',
        text: `${text} It has the weights of the killed run, which it did not confirm.${told(intent, object)}`,
      }
    : { end: 'left', text: `${text}${told(intent, object)}` }
}

/** The weights now and before, with the command that restores these where that is not so already. */
function told(intent: Intent, object?: RouteObject): string {
  const { memory } = intent
  if (!memory) return `\n${byHand(intent)}`
  const before = `Before the run it had ${weightsBefore(memory)}.`
  const now = object && weightsNow(object, memory)
  if (!object || now === undefined) return ` ${before}`
  const had = ` It has ${now} now. ${before}`
  if (ruleNow(object, memory).kind === 'as-before') return had
  const context = [IN_CLUSTER, ''].includes(intent.context) ? undefined : intent.context
  return `${had}\n${wayBack(context, object, memory)}`
}

function nameOf({ namespace, name }: Pick<Intent, 'namespace' | 'name'>): string {
  return `VirtualService ${namespace}/${name}`
}
