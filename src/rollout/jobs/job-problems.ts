import { type ApiError, whyFailed } from '../../kube/api-error.ts'
import { findingFor } from '../../kube/api-problem.ts'
import type { ApiServer } from '../../kube/api-server.ts'
import { kubectl } from '../../kube/kubectl.ts'
import { grantingRule, type Resource } from '../../kube/resources.ts'
import { isAllowed } from '../../kube/rights.ts'
import { type Problem, problem, warning } from '../../problem/problem.ts'
import { sentence } from '../../problem/sentence.ts'
import { shellQuoted } from '../../problem/shell-quoted.ts'
import type { SavedJob } from './delete-job.ts'
import { TTL_SECONDS } from './manifest/job-labels.ts'
import type { PodState } from './pods/pod-state.ts'
import { type JobProgress, waitingText } from './pods/waiting-text.ts'

/** The Job that something is wrong with, as commands name it. */
export type NamedJob = {
  workloads: ApiServer
  namespace: string
  name: string
  image: string
}

/** Why the API server did not create an object. */
export type Refused = { what: 'Job' | 'Secret'; error: ApiError; resource: Resource }

/** The API server created no Job, or not its Secret. */
export async function notCreated(
  { workloads, namespace }: Pick<NamedJob, 'workloads' | 'namespace'>,
  { what, error, resource }: Refused,
  signal: AbortSignal,
): Promise<Problem> {
  if (error.status !== 403) {
    const { status = 0 } = error
    if (status === 0 || status === 401 || status === 429 || status >= 500)
      return findingFor(error, `creating the ${what} that probes`)
    return problem(
      'ITS-JOB-REFUSED',
      `The API server did not create the ${what} that probes in namespace ${namespace}: ${sentence(whyFailed(error))}`,
      error.status === 404
        ? `Create the namespace, or set job-namespace:\n  ${kubectl(workloads)} get namespaces`
        : 'Correct what the answer names in job-template or in job-image.',
    )
  }
  const allowed = await isAllowed(workloads, 'create', resource, signal).catch(() => false)
  if (allowed)
    return problem(
      'ITS-JOB-REFUSED',
      `Admission control refused the ${what} that probes in namespace ${namespace}: ${sentence(error.message)}`,
      `Look at the quotas of the namespace, or ask the owners of the policy that the answer names:\n  ${kubectl(workloads, namespace)} describe resourcequota`,
    )
  const reason =
    what === 'Secret'
      ? ' Keys, masked headers and a payload travel in a Secret, because everyone who may read Pods can read what is in their arguments.'
      : ''
  return problem(
    'ITS-FORBIDDEN',
    `Creating the ${what} that probes is not allowed in namespace ${namespace}.${reason}`,
    grantingRule(resource, 'create'),
  )
}

/** A Pod that has not come to probing, in a state that lasts; undefined: it may still come to it. */
export function notProbing(job: NamedJob, pod: string, state: PodState): Problem | undefined {
  const { workloads, namespace, image } = job
  const inNamespace = kubectl(workloads, namespace)
  const events = `${inNamespace} get events --field-selector ${shellQuoted(`involvedObject.name=${pod}`)}`
  switch (state.kind) {
    case 'unscheduled':
      return problem(
        'ITS-JOB-NOT-SCHEDULED',
        `Pod ${pod} of the Job cannot be scheduled: ${sentence(state.why)}`,
        `Free some capacity, or change nodeSelector, affinity, tolerations or resources in job-template. To see the nodes:\n  ${kubectl(workloads)} describe nodes`,
      )
    case 'no-image':
      return problem(
        'ITS-JOB-IMAGE-NOT-PULLED',
        `The image ${state.image || image} of Pod ${pod} cannot be pulled: ${sentence(state.why)}`,
        `Set job-image to an image that the nodes can pull, and imagePullSecrets in job-template if its registry needs them. To try it:\n  ${inNamespace} run image-test --rm --attach --restart=Never --image ${shellQuoted(image)} -- node --version`,
      )
    case 'unstartable':
      return problem(
        'ITS-JOB-NOT-STARTED',
        `The container of Pod ${pod} cannot be started: ${sentence(state.why)}`,
        `The image must have node on its PATH, and what job-template names must exist. To see what happened:\n  ${events}`,
      )
    case 'ended':
      return ended(pod, state, events)
    case 'starting':
    case 'running':
      return undefined
  }
}

function ended(pod: string, state: Extract<PodState, { kind: 'ended' }>, events: string): Problem {
  const how = state.isEvicted ? 'was evicted' : 'ended before it took samples'
  return problem(
    'ITS-JOB-POD-ENDED',
    `Pod ${pod} of the Job ${how}: ${sentence(state.why)}`,
    `${state.isEvicted ? 'Set resources or priorityClassName in job-template, or run it again.' : 'Check that job-image has Node.js 20.3 or newer, and that the memory limit in job-template is large enough.'} To see what happened:\n  ${events}`,
  )
}

/** The job controller cannot create Pods. `why`: its own words; undefined where events may not be read. */
export function podsRefused(
  { workloads, namespace, name }: NamedJob,
  why: string | undefined,
): Problem {
  const inNamespace = kubectl(workloads, namespace)
  const isSecurity = why !== undefined && /violates PodSecurity/.test(why)
  const look = isSecurity
    ? `${inNamespace} get namespace ${shellQuoted(namespace)} --show-labels`
    : `${inNamespace} describe resourcequota,limitrange`
  const says =
    why === undefined
      ? '. The reason is not known, because reading events is not allowed.'
      : `: ${sentence(why)}`
  return problem(
    'ITS-JOB-PODS-REFUSED',
    `The cluster creates no Pods for Job ${name} in namespace ${namespace}${says}`,
    `${isSecurity ? 'Set job-namespace to one whose Pod Security level allows what job-template and the sidecar injector add.' : 'Raise the quota, set resources in job-template, use fewer job-pods, or set job-namespace.'} To see more:\n  ${look}`,
  )
}

export function sidecarNotReady(
  { workloads, namespace }: NamedJob,
  pod: string,
  why = 'it did not answer',
): Problem {
  return problem(
    'ITS-JOB-SIDECAR-NOT-READY',
    `The sidecar of Pod ${pod} did not become ready, so no sample could be taken through it: ${sentence(why)}`,
    `Check that istiod is reachable from namespace ${namespace}, and that sidecars are injected there:\n  ${kubectl(workloads, namespace)} get namespace ${shellQuoted(namespace)} --show-labels`,
  )
}

/** The time of a run ended before all Pods probed. `progress`: undefined where nothing is known of the Pods. */
export function podsLate(
  { workloads, namespace }: NamedJob,
  progress: JobProgress | undefined,
): Problem {
  if (progress === undefined)
    return problem(
      'ITS-JOB-PODS-LATE',
      'Time ran out before the API server answered which Pods the Job has.',
      `Run it again. To see whether the API server lists Pods:\n  ${kubectl(workloads, namespace)} get pods`,
    )
  const { probing, pods: of } = progress
  return problem(
    'ITS-JOB-PODS-LATE',
    `Time ran out before all Pods of the Job took samples. ${probing} of ${of} did. ${waitingText(progress)}`.trimEnd(),
    areRunning(progress)
      ? `Run it again. If it happens again, look at proxies between this machine and the API server. They may hold back what a log sends as it grows. To follow a log yourself:\n  ${kubectl(workloads, namespace)} logs --follow POD`
      : `Raise timeout, or pull the image to the nodes first. To see what happened:\n  ${kubectl(workloads, namespace)} get events`,
  )
}

/** Whether nothing is awaited but the logs of Pods that run. */
function areRunning({ waiting }: JobProgress): boolean {
  return Object.keys(waiting).every((kind) => kind === 'first-sample')
}

/** The proxies that have the rule would not see the connections of the Pods. */
export function onHostNetwork(): Problem {
  return problem(
    'ITS-JOB-HOST-NETWORK',
    'job-template has hostNetwork: true, and the rule belongs to the mesh. Pods on the network of their node have no sidecar, and their connections are not part of the mesh.',
    'Remove spec.hostNetwork from job-template.',
  )
}

/** The log of a Pod broke off before the write. */
export function logLost({ workloads, namespace }: NamedJob, pod: string, why: string): Problem {
  return problem(
    'ITS-JOB-LOG-LOST',
    `The log of Pod ${pod} cannot be followed: ${sentence(why)}`,
    `Run it again. If it breaks again, look at the node of the Pod, and at proxies between this machine and the API server. They may close long-lived connections. To follow a log yourself:\n  ${kubectl(workloads, namespace)} logs --follow POD`,
  )
}

/** A Service would send traffic to the Pods of the Job, which answer none. */
export function podsSelected(namespace: string, services: readonly string[]): Problem {
  return problem(
    'ITS-JOB-PODS-SELECTED',
    `Service ${services.join(', ')} in namespace ${namespace} selects the Pods of the Job, and has publishNotReadyAddresses. It would send its clients to Pods that do not answer.`,
    'Leave a label that the Service selects out of job-template, or set job-namespace.',
  )
}

/** A Job that could not be deleted ends by itself. */
export function notDeleted(
  workloads: ApiServer,
  { namespace, name, hasSecret }: SavedJob,
  error: ApiError,
): Problem {
  const kinds = hasSecret ? 'jobs,secrets' : 'jobs'
  return warning(
    'ITS-JOB-NOT-DELETED',
    `Job ${name} in namespace ${namespace} could not be deleted: ${sentence(whyFailed(error))} It ends by itself when timeout is over, and Kubernetes deletes it ${TTL_SECONDS} s later.`,
    `To delete it now:\n  ${kubectl(workloads, namespace)} delete ${kinds} ${shellQuoted(name)}`,
  )
}
