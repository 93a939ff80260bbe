import { JOURNAL, type Journal } from '../../journal/journal.ts'
import type { Restored } from '../../journal/restore/restored.ts'
import { changeSince, type RuleWrites, ruleNow, writesIn } from '../../journal/rule-now.ts'
import { hadText, wayBack, weightsNow, weightsRestored } from '../../journal/way-back.ts'
import { warning } from '../../problem/problem.ts'
import { RunError } from '../../problem/run-error.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Context } from '../model/context.ts'
import type { Recovered } from '../model/recovered.ts'

/** An interrupted run's journal, the object that it was found on, and whose run it is. */
type Interrupted = { found: RouteObject; journal: Journal; whose: string }

/**
 * What became of an interrupted run that a shift rolled back. Throws a RunError where that run's
 * weights are still in force: they were never confirmed, so no shift starts from them.
 */
export function recoveredFrom(
  context: Context,
  { found, journal, whose }: Interrupted,
  done: Restored,
): Recovered {
  const name = `${found.namespace}/${found.name}`
  const writes = writesIn(journal)
  const had = hadText(writes, 'that run')
  const back = weightsRestored(writes)
  const cluster = context.api
  switch (done.kind) {
    case 'restored':
      return {
        ...{ run: whose, end: 'restored', weights: back, toStep: writes.before !== undefined },
        what:
          writes.before === undefined
            ? `The weights from before it are restored: ${back}.`
            : `Its last confirmed step is restored: ${back}.`,
      }
    case 'nothing-of-ours':
      return { run: whose, end: 'nothing', weights: undefined, what: 'Nothing of it was left.' }
    case 'journal-removed':
      warnOfKept(context, done.object, writes, whose)
      return {
        ...{ run: whose, end: 'kept', weights: weightsNow(done.object, writes) },
        what: 'Its weights stay, as its on-failure is keep. Its journal is removed.',
      }
    case 'gone':
      throw new RunError(
        done.object ? 'ITS-OBJECT-RECREATED' : 'ITS-OBJECT-DELETED',
        `${name} was deleted${done.object ? ' and recreated' : ''} while an interrupted run, ${whose}, was rolled back. ${had}`,
        done.object ? wayBack(cluster, done.object, writes) : '',
      )
    case 'blocked': {
      const now = weightsNow(done.object, writes) ?? 'its rule is gone'
      const kept = JOURNAL in done.object.annotations ? ' The journal of that run stays.' : ''
      throw new RunError(
        done.obstacle.code,
        `${name} still has the weights of an interrupted run, ${whose}: ${now}. ${had} ${writes.before === undefined ? 'These' : 'That step'} could not be restored. ${done.obstacle.what}${kept}`,
        wayBack(cluster, done.object, writes),
      )
    }
    case 'changed-by-other':
      return {
        ...{ run: whose, end: 'overwritten', weights: weightsNow(done.object, writes) },
        what: overwritten(context, done.object, writes, whose),
      }
  }
}

/** The journal with the previous weights is removed, so they are reported here. */
function warnOfKept(
  { api, emit }: Context,
  object: RouteObject,
  writes: RuleWrites,
  whose: string,
): void {
  const now = weightsNow(object, writes) ?? 'its rule is gone'
  const what = `${object.namespace}/${object.name} keeps the weights of an interrupted run, ${whose}: ${now}. ${hadText(writes, 'that run')}`
  const finding = warning('ITS-INTERRUPTED-RUN', what, wayBack(api, object, writes))
  emit({ kind: 'finding', finding })
}

function overwritten(
  { api }: Context,
  object: RouteObject,
  writes: RuleWrites,
  whose: string,
): string {
  const now = ruleNow(object, writes)
  const had = hadText(writes, 'that run')
  const has = weightsNow(object, writes)
  if (now.keepsWeights) {
    const part = now.kind === 'match' ? 'match of its rule' : 'destinations of its rule'
    throw new RunError(
      'ITS-UNCONFIRMED-WEIGHTS-KEPT',
      `${object.namespace}/${object.name} still has the weights of an interrupted run, ${whose}: ${has}. ${had} Another client changed the ${part} since, so they were not restored. Only the journal of that run was removed.`,
      wayBack(api, object, writes),
    )
  }
  const weights = has ? `It has ${has} now. ` : ''
  return `Another client ${changeSince(now)} since, and that stays. ${weights}${had} Only the journal of that run was removed.`
}
