import type { ClusterFlags } from '../kube/kubectl.ts'
import { restoredDestinations } from '../routes/compare-written.ts'
import { kindNamed } from '../routes/kinds.ts'
import { percentsText } from '../routes/percents.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { restoreCommand, showCommand } from './manual-command.ts'
import { type RuleWrites, ruleNow } from './rule-now.ts'
import { percentsIn, percentsOfRule } from './rule-percents.ts'

/** `v1 80%, v2 20%`: the weights that the rule has now; undefined where the rule is gone. */
export function weightsNow(object: RouteObject, writes: RuleWrites): string | undefined {
  const { rule } = ruleNow(object, writes)
  return rule && percentsText(percentsOfRule(rule))
}

/** `v1 100%, v2 0%`: the weights that a rollback restores. */
export function weightsRestored({ kind, original, written }: RuleWrites): string {
  const { format } = kindNamed(kind)
  return percentsText(percentsIn(format, original, written.at(-1) ?? original))
}

/** What a rollback restores, in words: those from before the run, or those of a step that it confirmed. */
export function restoredWords({ before }: Pick<RuleWrites, 'before'>): string {
  return before === undefined ? 'the previous weights' : 'the last confirmed step'
}

/** `Before the run it had v1 100%, v2 0%.`, and what a rollback restores where that is a step that the run confirmed. */
export function hadText(writes: RuleWrites, run: 'the run' | 'that run'): string {
  const { before } = writes
  const restored = weightsRestored(writes)
  return before === undefined
    ? `Before ${run} it had ${restored}.`
    : `Before ${run} it had ${weightsRestored({ ...writes, original: before })}. The last confirmed step of ${run} is ${restored}.`
}

/** How to restore what a rollback restores. Where no command does, the one that shows the object. */
export function wayBack(cluster: ClusterFlags, object: RouteObject, writes: RuleWrites): string {
  const command = commandBack(cluster, object, writes)
  return command === undefined
    ? `To see what is in force:\n  ${showCommand(cluster, object)}`
    : `To restore ${restoredWords(writes)}:\n  ${command}`
}

/** The command of `wayBack` alone. */
export function wayBackCommand(
  cluster: ClusterFlags,
  object: RouteObject,
  writes: RuleWrites,
): string {
  return commandBack(cluster, object, writes) ?? showCommand(cluster, object)
}

/** Restores on the object as it is now. Destinations that another client added to the rule stay. */
function commandBack(
  cluster: ClusterFlags,
  object: RouteObject,
  writes: RuleWrites,
): string | undefined {
  const { rule } = ruleNow(object, writes)
  const routes = rule && restoredDestinations(rule.written, writes, rule.format)
  return rule && routes && restoreCommand(cluster, { object, rule, original: routes })
}
