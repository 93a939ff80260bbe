import { secretsText } from '../../../evidence/jobs/plan-text.ts'
import type { PlanSecrets } from '../../../evidence/jobs/probe-plan.ts'
import type { JsonObject } from '../../../kube/json.ts'
import type { PodTemplate } from '../../../options/parse/pod-template.ts'
import { annotationsFor, type JobOwner, labelsFor, TTL_SECONDS } from './job-labels.ts'
import { type Injection, type PodOrder, podTemplate } from './job-template.ts'

/** A Job that a run is about to create. */
export type JobOrder = {
  name: string
  namespace: string
  owner: JobOwner
  pods: number
  image: string
  template: PodTemplate
  injection: Injection
  command: readonly string[]
  args: readonly string[]
  /** Whether the Pods start a command for each sample. */
  startsCommands: boolean
  /** Whether the Pods get a Secret of the Job's name. */
  hasSecret: boolean
  /** When the Job ends by itself, in seconds from its start. */
  deadlineSeconds: number
}

/** Where the Pods find what they must keep for themselves. */
const MOUNT_PATH = '/etc/istio-traffic-shift'
const SECRET_KEY = 'probe.json'
export const SECRETS_FILE = `${MOUNT_PATH}/${SECRET_KEY}`

/** An Indexed Job whose Pods each run once: a Pod that failed is neither replaced nor the end of the others. */
export function jobManifest(order: JobOrder): JsonObject {
  const { name, namespace, owner, pods, template } = order
  const labels = labelsFor(owner, name)
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, labels, annotations: annotationsFor(owner) },
    spec: {
      completionMode: 'Indexed',
      parallelism: pods,
      completions: pods,
      backoffLimitPerIndex: 0,
      ttlSecondsAfterFinished: TTL_SECONDS,
      activeDeadlineSeconds: order.deadlineSeconds,
      template: podTemplate(template, podOrder(order)),
    },
  }
}

export function podOrder(order: JobOrder): PodOrder {
  const { name, owner, image, command, args, injection, startsCommands, hasSecret } = order
  return {
    ...{ image, command, args, injection, startsCommands },
    labels: labelsFor(owner, name),
    annotations: annotationsFor(owner),
    secret: hasSecret ? { name, mountPath: MOUNT_PATH } : undefined,
  }
}

/** What the Pods must keep for themselves. It goes with its Job. */
export function secretManifest(
  { name, namespace, owner }: Pick<JobOrder, 'name' | 'namespace' | 'owner'>,
  jobUid: string,
  secrets: PlanSecrets,
): JsonObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name,
      namespace,
      labels: labelsFor(owner, name),
      annotations: annotationsFor(owner),
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid: jobUid }],
    },
    immutable: true,
    type: 'Opaque',
    data: { [SECRET_KEY]: Buffer.from(secretsText(secrets)).toString('base64') },
  }
}
