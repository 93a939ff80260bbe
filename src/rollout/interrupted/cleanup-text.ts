import type { Memory, Unsettled } from '../../journal/intent.ts'
import { JOURNAL } from '../../journal/journal.ts'
import { readJournal } from '../../journal/read-journal.ts'
import type { Restored } from '../../journal/restore/restored.ts'
import { ruleNow } from '../../journal/rule-now.ts'
import { unusableText } from '../../journal/unusable-journal.ts'
import { hadText, restoredWords, wayBack, weightsNow } from '../../journal/way-back.ts'
import { IN_CLUSTER } from '../../kube/credentials/kubeconfig/read-kubeconfig.ts'
import { isAppliedByOthers, managedFieldsOf, stillOwned } from '../../kube/field-owners.ts'
import type { ClusterFlags } from '../../kube/kubectl.ts'
import type { RouteObject } from '../../routes/route-object.ts'

/** How the cleanup step left the object of a run that did not release it, in words. */
export type CleanupEnd = {
  /** left: another client changed the object, so nothing was restored. */
  end: 'restored' | 'restored-step' | 'kept' | 'left' | 'nothing' | 'failed'
  text: string
}

/** What the cleanup step reports: the weights now, why they are so, and how to restore the previous ones. */
export function cleanupEnd(intent: Unsettled, done: Restored): CleanupEnd {
  const name = nameOf(intent)
  switch (done.kind) {
    case 'restored':
      return {
        end: done.back.isStep ? 'restored-step' : 'restored',
        text: `${name} has ${againText(intent, done)}. ${intent.hasEnded ? 'The run could not restore them.' : 'The run was killed.'} Its journal is removed.${ownerText(intent, done.object)}`,
      }
    case 'journal-removed':
      return {
        end: 'kept',
        text: `${name} keeps the weights of ${runText(intent)}, as its on-failure is keep. Its journal is removed.${weightsText(intent, done.object)}`,
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
        text: `${name} still has the weights of ${runText(intent)}. ${intent.memory?.before ? 'The last confirmed step' : 'The previous ones'} could not be restored. ${done.obstacle.what}${kept}${weightsText(intent, done.object)}`,
      }
    }
  }
}

/** The end where the object could not be read or written. `why` is a sentence. */
export function cleanupFailed(intent: Unsettled, why: string): CleanupEnd {
  const text = `${nameOf(intent)} may still have the weights of ${runText(intent)}. ${why}\n${manualText(intent)}`
  return { end: 'failed', text }
}

/** The commands that the run saved, for where nothing newer is known. */
function manualText({ memory, manualCommand }: Unsettled): string {
  const ones = memory?.before === undefined ? 'the previous ones' : restoredWords(memory)
  const what =
    memory?.onFailure === 'keep'
      ? 'Remove its journal with kubectl:'
      : `Restore ${ones} with kubectl:`
  return `${what}\n  ${manualCommand}`
}

/** What was restored. The journal may record a step of which the state for this step does not say that it was confirmed. */
function againText({ memory }: Unsettled, { object, back }: RestoredTo): string {
  const what = back.isStep ? 'the weights of the last confirmed step' : 'its previous weights'
  const now = memory && weightsNow(object, memory)
  return `${what} again${now === undefined ? '' : `: ${now}`}`
}

type RestoredTo = Extract<Restored, { kind: 'restored' }>

/** That this tool still owns the fields, where another client applies the object server-side. */
function ownerText(intent: Unsettled, object: RouteObject): string {
  if (!isAppliedByOthers(managedFieldsOf(object.raw))) return ''
  const { what, remedy } = stillOwned(flagsOf(intent), object.name)
  return ` ${what}${what.endsWith('.') ? '' : '.'}\n${remedy}`
}

function nothingOfOurs(
  intent: Unsettled,
  { object, unfenced }: Extract<Restored, { kind: 'nothing-of-ours' }>,
): CleanupEnd {
  const name = nameOf(intent)
  if (isUnjournaled(intent.memory, object)) {
    const found = readJournal(object)
    const why =
      found.kind === 'none' || found.kind === 'found'
        ? 'Its journal is not on the object: an admission webhook or another client removed it, or another run set the same weights.'
        : unusableText(object, found)
    return {
      end: 'failed',
      text: `${name} has the weights that ${runText(intent)} wrote or was about to write, and that it did not confirm. ${why}${weightsText(intent, object)}`,
    }
  }
  const none = `${name} has no journal of ${runText(intent)}: the run had not written yet, or it had released the object.`
  return unfenced
    ? {
        end: 'restored',
        text: `${none} A write of it that is still on its way may be stored, since the API server refused the write that would have prevented it.`,
      }
    : { end: 'nothing', text: `${none} A write of it that is still on its way will be refused.` }
}

/**
 * Whether an object has weights that a killed run wrote, or was about to write, without a journal that can be used.
 * Then it cannot be said that the run had not written: a run removes its journal only when it is done, and no run
 * leaves a damaged one. What another run wrote carries that run's journal.
 */
function isUnjournaled(memory: Memory | undefined, object: RouteObject): boolean {
  if (memory === undefined || memory.journal === 'released') return false
  const { kind } = readJournal(object)
  if (kind === 'found' || (kind === 'none' && memory.onFailure === 'keep')) return false
  return ruleNow(object, memory).keepsWeights
}

function changedByOther(intent: Unsettled, object: RouteObject): CleanupEnd {
  const { memory } = intent
  const name = nameOf(intent)
  const only = `Only the journal of ${runText(intent)} was removed.`
  if (!memory)
    return {
      end: 'failed',
      text: `Another client changed ${name} after ${runText(intent)} wrote to it, so nothing was restored. ${only}\n${manualText(intent)}`,
    }
  const now = ruleNow(object, memory)
  const what = {
    'as-before': 'restored its previous weights',
    'as-confirmed': 'restored its last confirmed step',
    'as-written': 'wrote its weights again',
    weights: 'changed its weights, and these stay',
    destinations: 'changed the destinations of its rule',
    match: 'changed the match of its rule',
    gone: 'removed or replaced its rule',
  }[now.kind]
  const text = `${name}: after ${runText(intent)} wrote to it, another client ${what}. ${only}`
  return isUnconfirmed(memory, object)
    ? {
        end: 'failed',
        text: `${name} still has the weights of ${runText(intent)}, which it did not confirm. After that run wrote them, another client ${what}. ${only}${weightsText(intent, object)}`,
      }
    : { end: 'left', text: `${text}${weightsText(intent, object)}` }
}

function gone(intent: Unsettled, object: RouteObject | undefined): CleanupEnd {
  const { memory } = intent
  const name = nameOf(intent)
  if (!object) {
    const text = `${name} was deleted since. Nothing was written.${weightsText(intent)}`
    return { end: 'left', text }
  }
  const text = `${name} was deleted and recreated since. The new object was not changed.`
  return memory && isUnconfirmed(memory, object)
    ? {
        end: 'failed',
        text: `${text} It has the weights of ${runText(intent)}, which it did not confirm.${weightsText(intent, object)}`,
      }
    : { end: 'left', text: `${text}${weightsText(intent, object)}` }
}

/** Whether connections are split by weights that the killed run wrote, and neither confirmed nor was to keep. */
function isUnconfirmed(memory: Memory, object: RouteObject): boolean {
  const { onFailure, journal } = memory
  return onFailure !== 'keep' && journal !== 'released' && ruleNow(object, memory).keepsWeights
}

/** The weights now and before, and how to restore these where they differ. */
function weightsText(intent: Unsettled, object?: RouteObject): string {
  const { memory } = intent
  if (!memory) return `\n${manualText(intent)}`
  const before = hadText(memory, 'the run')
  const now = object && weightsNow(object, memory)
  if (!object || now === undefined) return ` ${before}`
  const had = ` It has ${now} now. ${before}`
  if (['as-before', 'as-confirmed'].includes(ruleNow(object, memory).kind)) return had
  return `${had}\n${wayBack(flagsOf(intent), object, memory)}`
}

/** How commands name the cluster of the run. */
function flagsOf({ context, kubeconfig }: Unsettled): ClusterFlags {
  return {
    context: [IN_CLUSTER, ''].includes(context) ? undefined : context,
    kubeconfig: kubeconfig || undefined,
  }
}

/** Whose weights the texts are about. */
function runText({ hasEnded }: Pick<Unsettled, 'hasEnded'>): string {
  return hasEnded ? 'the run' : 'the killed run'
}

function nameOf({ namespace, name }: Pick<Unsettled, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`
}
