import { JOURNAL, type Journal } from '../../journal/journal.ts'
import type { Restored } from '../../journal/restore/restore.ts'
import { type RuleWrites, ruleNow } from '../../journal/rule-now.ts'
import { wayBack, weightsBefore, weightsNow } from '../../journal/way-back.ts'
import { warning } from '../../problem/problem.ts'
import { RunError } from '../../problem/run-error.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import type { Context } from '../model/context.ts'

/**
 * What became of an interrupted run that the next shift was to undo, as the end of a sentence. Throws
 * a RunError where its weights are still in force: they were never confirmed, and are no start for a shift.
 */
export function undone(
  context: Context,
  found: RouteObject,
  journal: Journal,
  whose: string,
  done: Restored,
): string {
  const name = `${found.namespace}/${found.name}`
  const writes = writesIn(journal)
  const before = `Before that run it had ${weightsBefore(writes)}.`
  switch (done.kind) {
    case 'restored':
      return 'the weights from before it are restored'
    case 'nothing-of-ours':
      return 'nothing of it was left'
    case 'journal-removed':
      keptWeights(context, done.object, writes, whose)
      return 'its weights stay, as its on-failure is keep, and its journal is removed'
    case 'gone':
      throw new RunError(
        'ITS-CHANGED-BY-OTHER',
        `${name} was deleted${done.object ? ' and recreated' : ''} while an interrupted run, ${whose}, was being undone. ${before}`,
        done.object ? wayBack(context.api.context, done.object, writes) : '',
      )
    case 'blocked': {
      const kept = JOURNAL in done.object.annotations ? ' The journal of that run stays.' : ''
      throw new RunError(
        'ITS-ROLLBACK-FAILED',
        `${name} still has the weights of an interrupted run, ${whose}: ${weightsNow(done.object, writes) ?? 'its rule is gone'}. The weights from before it cannot be restored: ${done.why}. ${before}${kept}`,
        wayBack(context.api.context, done.object, writes),
      )
    }
    case 'changed-by-other':
      return overwritten(context, done.object, writes, whose)
  }
}

function writesIn({ kind, match, nth, restoreTo, written }: Journal): RuleWrites {
  return { kind, match, nth, original: restoreTo, written: [written] }
}

/** The journal goes, so what it had is said here. */
function keptWeights(
  { api, emit }: Context,
  object: RouteObject,
  writes: RuleWrites,
  whose: string,
): void {
  const now = weightsNow(object, writes) ?? 'its rule is gone'
  const what = `${object.namespace}/${object.name} keeps the weights of an interrupted run, ${whose}: ${now}. Before that run it had ${weightsBefore(writes)}.`
  emit({
    kind: 'finding',
    finding: warning('ITS-PREFLIGHT', what, wayBack(api.context, object, writes)),
  })
}

function overwritten(
  { api }: Context,
  object: RouteObject,
  writes: RuleWrites,
  whose: string,
): string {
  const now = ruleNow(object, writes)
  const before = weightsBefore(writes)
  const has = weightsNow(object, writes)
  if (now.keepsWeights) {
    const part = now.kind === 'match' ? 'match of its rule' : 'destinations of its rule'
    throw new RunError(
      'ITS-CHANGED-BY-OTHER',
      `${object.namespace}/${object.name} still has the weights of an interrupted run, ${whose}: ${has}. Another client changed the ${part} since, so they were not restored; only the journal of that run was removed. Before that run it had ${before}.`,
      wayBack(api.context, object, writes),
    )
  }
  const what = {
    weights: 'changed the weights',
    destinations: 'changed the destinations',
    gone: 'removed or replaced the rule',
    'as-before': 'restored the weights from before it',
  }[now.kind]
  return `somebody else ${what} since. Theirs stay${has ? ` (${has}; ${before} before that run)` : ` (the rule had ${before} before that run)`}, only its journal is removed`
}
