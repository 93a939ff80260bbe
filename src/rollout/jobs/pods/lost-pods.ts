import type { LostPod } from '../../../evidence/jobs/pod-flow.ts'
import { textAt } from '../../../kube/json.ts'
import { kubectl } from '../../../kube/kubectl.ts'
import { coreResource, readObject } from '../../../kube/resources.ts'
import { within } from '../../../kube/within.ts'
import { jobNamespace } from '../../../options/groups/job.ts'
import type { Code } from '../../../problem/codes.ts'
import { type Problem, warning } from '../../../problem/problem.ts'
import { sentence } from '../../../problem/sentence.ts'
import { shellQuoted } from '../../../problem/shell-quoted.ts'
import type { Context } from '../../model/context.ts'
import { podState } from './pod-state.ts'

/** A Pod that is read only to say more must not keep a run. */
const READ_MS = 2000

/** How a Pod was lost, in a sentence, and whether the Pod itself is gone, or only its log. */
export type HowLost = { why: string; isGone: boolean }

/** Its status says more than the end of its log. */
export async function howLost(
  { workloads }: Pick<Context, 'workloads'>,
  namespace: string,
  { pod, why }: LostPod,
  signal: AbortSignal,
): Promise<HowLost> {
  const where = `Pod ${namespace}/${pod.name}${pod.node === '' ? '' : ` on node ${pod.node}`}`
  const resource = coreResource('pods', namespace, pod.name)
  const read = await within({ ms: READ_MS, signal }, (limited) =>
    readObject(workloads, resource, limited),
  ).catch(() => undefined)
  const state = read?.kind === 'found' ? podState(read.value) : undefined
  if (state?.kind === 'ended' && state.isEvicted)
    return { why: `${where} was evicted: ${sentence(state.why)}`, isGone: true }
  // It is still there while its grace period lasts.
  const isDeleted =
    read?.kind === 'missing' ||
    (read?.kind === 'found' && textAt(read.value, 'metadata', 'deletionTimestamp') !== undefined)
  if (isDeleted) return { why: `${where} was deleted.`, isGone: true }
  if (state?.kind === 'ended')
    return { why: `${where} ended: ${sentence(why)} (${state.why})`, isGone: true }
  return { why: `${where} was lost: ${sentence(why)}`, isGone: false }
}

/** The run goes on with the other Pods. */
export function lostWarning(context: Context, lost: LostPod, why: string): Problem {
  const others = lost.left === 1 ? 'one Pod is' : `${lost.left} Pods are`
  return warning(
    'ITS-JOB-POD-LOST',
    `${why} Its samples in flight count as unanswered, and ${others} left.`,
    eventsOf(context, lost),
  )
}

/** What to do when no Pod is left. */
export function brokenJob(
  context: Context,
  lost: LostPod,
  { isGone }: HowLost,
): { code: Code; remedy: string } {
  const isLog =
    !isGone && (lost.cause === 'log' || lost.cause === 'silent' || lost.cause === 'damaged')
  const advice = isLog
    ? 'Run it again. If it breaks again, look at the node of the Pod, and at proxies between this machine and the API server. They may close long-lived connections.'
    : 'Run it again. With more job-pods, a run continues when one of them is lost. With priorityClassName and resources in job-template, fewer Pods are evicted.'
  return {
    code: isLog ? 'ITS-JOB-LOG-LOST' : 'ITS-JOB-POD-ENDED',
    remedy: `${advice}\n${eventsOf(context, lost)}`,
  }
}

function eventsOf({ workloads, options }: Context, { pod }: LostPod): string {
  const namespace = jobNamespace(options)
  const selector = shellQuoted(`involvedObject.name=${pod.name}`)
  return `To see what happened to the Pod:\n  ${kubectl(workloads, namespace)} get events --field-selector ${selector}`
}
