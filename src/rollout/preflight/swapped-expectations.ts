import type { Options } from '../../options/options.ts'
import { listText } from '../../problem/list-text.ts'
import { type Problem, warning } from '../../problem/problem.ts'
import type { WeightEdit } from '../../routes/weights/weight-edit.ts'
import type { ReplyCounts } from '../../split/judge/unanswered-destinations.ts'
import { type CommandsAsked, commandsOf } from '../diagnosis/commands.ts'
import { isJustChanged } from './just-changed.ts'
import { expressions } from './probe-hints.ts'

type NamedShares = Pick<WeightEdit, 'names' | 'presentShares'>

/**
 * A warning if a destination answered that has no weight: another route leads to its Pods, or the gateway does not
 * use the weights of the object. None if the object was changed just now, as by a rollback or by the step before:
 * such replies are those of the weights from before that.
 */
export function findUnaskedReplies(
  context: CommandsAsked & { options: Pick<Options, 'mode' | 'expect' | 'propagationTimeoutMs'> },
  { edit, sinceChangeMs }: { edit: NamedShares; sinceChangeMs: number | undefined },
  { counts }: ReplyCounts,
): Problem[] {
  const { options } = context
  if (options.mode !== 'shift' || isJustChanged(sinceChangeMs, options)) return []
  const answered = edit.names.filter((_, i) => edit.presentShares[i] === 0 && (counts[i] ?? 0) > 0)
  if (answered.length === 0) return []
  return [
    warning(
      'ITS-UNEXPECTED-REPLIES',
      `Replies of ${listText(answered)} came, although ${options.object.name} has 0% for ${answered.length === 1 ? 'it' : 'them'}.`,
      `Check that expect has the correct expression for each destination (${expressions(options.expect)}). If it has, the weights of the ${options.object.kind} are not in use:\n  ${commandsOf(context).show.proxies}`,
    ),
  ]
}
