import type { ApiServer } from '../../kube/api-server.ts'
import { istioctl } from '../../kube/kubectl.ts'
import type { Options } from '../../options/options.ts'
import { type Problem, warning } from '../../problem/problem.ts'
import type { WeightEdit } from '../../routes/weights/weight-edit.ts'
import type { ReplyCounts } from '../../split/judge/unanswered-destinations.ts'
import { isJustChanged } from './just-changed.ts'
import { expressions } from './probe-hints.ts'

/** What it takes of a run. */
type Asking = {
  options: Pick<Options, 'mode' | 'virtualService' | 'expect' | 'propagationTimeoutMs'>
  workloads: Pick<ApiServer, 'context'>
}
type NamedShares = Pick<WeightEdit, 'names' | 'presentShares'>

/**
 * A warning where a destination answered that the object gives nothing: something else
 * serves its Pods, or the gateway does not act on the object. Not where the object was changed just now, as by a rollback or by the step
 * before: such replies are those of the weights from before that.
 */
export function findUnaskedReplies(
  { options, workloads }: Asking,
  { edit, sinceChangeMs }: { edit: NamedShares; sinceChangeMs: number | undefined },
  { counts }: ReplyCounts,
): Problem[] {
  if (options.mode !== 'shift' || isJustChanged(sinceChangeMs, options)) return []
  const answered = edit.names.filter((_, i) => edit.presentShares[i] === 0 && (counts[i] ?? 0) > 0)
  if (answered.length === 0) return []
  return [
    warning(
      'ITS-PREFLIGHT',
      `going by expect, replies came from ${answered.join(', ')}, to which ${options.virtualService} gives 0% before the write`,
      `Look whether expect has the right expression for each destination (${expressions(options.expect)}). If it has, the gateway does not act on the VirtualService:\n  ${istioctl(workloads.context)} proxy-status`,
    ),
  ]
}
