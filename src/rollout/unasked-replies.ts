import { type Finding, warning } from '../mesh/finding.ts'
import { istioctl } from '../mesh/kubectl.ts'
import type { Edit } from '../mesh/plan-edit.ts'
import type { Answered } from '../split/who-is-silent.ts'
import type { Context } from './context.ts'
import { isJustChanged } from './just-changed.ts'
import { expressions } from './see-replies.ts'

/**
 * A warning where a destination answered that the object gives nothing: most likely two names in
 * `expect` are swapped. Not where the object was changed just now, as by a rollback or by the step
 * before: such replies are those of the weights from before that.
 */
export function findUnaskedReplies(
  { options, workloads }: Context,
  { edit, sinceChangeMs }: { edit: Edit; sinceChangeMs: number | undefined },
  { counts }: Answered,
): Finding[] {
  if (options.mode !== 'shift' || isJustChanged(sinceChangeMs, options)) return []
  const answered = edit.names.filter((_, i) => edit.presentShares[i] === 0 && (counts[i] ?? 0) > 0)
  if (answered.length === 0) return []
  return [
    warning(
      `going by expect, replies came from ${answered.join(', ')}, to which ${options.virtualService} gives 0% before the write`,
      `Look whether expect has the right expression for each destination (${expressions(options.expect)}). If it has, the gateway does not act on the VirtualService:\n  ${istioctl(workloads.context)} proxy-status`,
    ),
  ]
}
