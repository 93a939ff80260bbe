import { ApiError } from '../kube/api-error.ts'
import { stopFor } from '../kube/api-problem.ts'
import { IN_CLUSTER } from '../kube/credentials/kubeconfig/read-kubeconfig.ts'
import { placeText } from '../routes/object-name.ts'
import type { Context } from './model/context.ts'
import { costOf } from './model/cost.ts'
import { isConflictingWrite } from './model/outcome.ts'
import { percentsOf } from './model/percents.ts'
import { objectDiff } from './plan/object-diff.ts'
import { readPlanInput } from './plan/read-plan-input.ts'
import { preflight, type Ready } from './preflight/preflight.ts'
import type { CheckingState, startRunState } from './run-state.ts'
import { runSteps } from './run-steps.ts'
import { weightsSeen } from './seen-weights.ts'
import { endOfPlan, type RunEnd } from './verdict-text.ts'

/** Plans, makes the preflight checks, and runs every step, as far as the mode goes. Rejects where a step cannot be taken. */
export async function reachVerdict(
  context: Context,
  { advance, recovered }: ReturnType<typeof startRunState>,
  signal: AbortSignal,
): Promise<RunEnd> {
  const { options } = context
  context.emit({
    kind: 'started',
    server: context.api.server,
    context: context.api.context ?? IN_CLUSTER,
    objectKind: options.object.kind,
    object: placeText(options.object),
    workloadsServer: context.workloads.server,
  })
  const shiftPlan = await readPlanInput(context, signal, {
    onRead: (object) => advance({ stage: 'read', object }),
    onRecovered: (one) => recovered.push(one),
  })
  const { names, presentShares } = shiftPlan.edit
  const inForce = shiftPlan.inForce ?? percentsOf(names, presentShares)
  const planned = advance({ stage: 'planned', shiftPlan, inForce })
  const ready = await preflight(context, shiftPlan, signal).catch((error: unknown) => {
    if (isConflictingWrite(error)) advance({ ...planned, inForce: weightsSeen(error, shiftPlan) })
    throw error instanceof ApiError ? stopFor(error, 'reading from the cluster') : error
  })
  if (options.mode === 'plan') {
    const cost = costOf(shiftPlan.checks, options)
    const { confidencePercent } = options
    context.emit({ kind: 'would-change', diff: objectDiff(shiftPlan), cost, confidencePercent })
    return endOfPlan(shiftPlan)
  }
  await ready.reach?.prepare?.(signal)
  return runSteps(context, advance(checkingState(context, planned, ready)), advance, signal)
}

/** What a run has when preflight is done. */
function checkingState(
  { nowMs }: Pick<Context, 'nowMs'>,
  { shiftPlan, inForce }: Pick<CheckingState, 'shiftPlan' | 'inForce'>,
  { gateway, counting, replyCounts, stamps, request, reach, proxies }: Ready,
): CheckingState {
  if (!gateway) throw new Error('a check without a gateway')
  const repliedMs = nowMs()
  const replies = replyCounts.counts.map((count) =>
    count > 0 && counting === undefined ? repliedMs : undefined,
  )
  return {
    stage: 'checking',
    ...{
      shiftPlan,
      inForce,
      gateway,
      counting,
      replyCounts,
      stamps,
      request,
      reach,
      proxies,
      replies,
    },
    stepMs: repliedMs,
    checks: [],
  }
}
