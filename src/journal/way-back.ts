import { percentsText } from '../rollout/model/percents.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { percentsIn } from './journal-view.ts'
import { restoreCommand, showCommand } from './manual-command.ts'
import { type RuleWrites, restoredRoutes, ruleNow } from './rule-now.ts'

/** `v1 80%, v2 20%`: the weights that the rule has now; undefined where the rule is gone. */
export function weightsNow(object: RouteObject, writes: RuleWrites): string | undefined {
  const { rule } = ruleNow(object, writes)
  return rule && percentsText(percentsIn(rule.written))
}

/** `v1 100%, v2 0%`: the weights from before the run. */
export function weightsBefore({ original, written }: RuleWrites): string {
  return percentsText(percentsIn(original, written.at(-1) ?? original))
}

/** What to do for the weights from before the run; where no command restores them, the one that shows the object. */
export function wayBack(
  context: string | undefined,
  object: RouteObject,
  writes: RuleWrites,
): string {
  const command = commandBack(context, object, writes)
  return command === undefined
    ? `See what is in force:\n  ${showCommand(context, object)}`
    : `To restore the previous weights:\n  ${command}`
}

/** The command of `wayBack` alone. */
export function wayBackCommand(
  context: string | undefined,
  object: RouteObject,
  writes: RuleWrites,
): string {
  return commandBack(context, object, writes) ?? showCommand(context, object)
}

/** Restores on the object as it is now, whatever somebody added to the rule since. */
function commandBack(
  context: string | undefined,
  object: RouteObject,
  writes: RuleWrites,
): string | undefined {
  const { rule } = ruleNow(object, writes)
  const routes = rule && restoredRoutes(rule, writes)
  return rule && routes && restoreCommand(context, object, rule, routes)
}
