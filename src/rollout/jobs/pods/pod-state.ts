import { type JsonObject, numberAt, objectsAt, textAt } from '../../../kube/json.ts'
import { PROBER } from '../../../options/parse/pod-template.ts'

/** How far a Pod of a Job has come, as its status says it. `why` is the message of Kubernetes, without a period. */
export type PodState =
  | { kind: 'unscheduled'; why: string }
  /** An image of it cannot be pulled. */
  | { kind: 'no-image'; image: string; why: string }
  /** A container cannot be created or started. */
  | { kind: 'unstartable'; why: string }
  | { kind: 'starting' }
  | { kind: 'running' }
  | { kind: 'ended'; isEvicted: boolean; why: string }

/** Reasons of a container that waits, by what they mean. Source: k8s.io/kubernetes, pkg/kubelet/images and kuberuntime. */
const NO_IMAGE = [
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]
const UNSTARTABLE = [
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
  'PreCreateHookError',
  'PreStartHookError',
  'PostStartHookError',
]
/** A container that ended before its program began. */
const NOT_BEGUN = ['StartError', 'ContainerCannotRun']

export function podState(pod: JsonObject): PodState {
  const phase = textAt(pod, 'status', 'phase')
  const own = objectsAt(pod, 'status', 'containerStatuses').find(
    (one) => textAt(one, 'name') === PROBER,
  )
  if (phase === 'Failed' || phase === 'Succeeded' || isOver(own)) return endedState(pod, own)
  const unscheduled = conditionOf(pod, 'PodScheduled')
  if (unscheduled !== undefined && textAt(unscheduled, 'status') === 'False')
    return { kind: 'unscheduled', why: clause(textAt(unscheduled, 'message') ?? 'no node fits') }
  return waitingState(pod) ?? (isRunning(own) ? { kind: 'running' } : { kind: 'starting' })
}

/** What keeps a container of a Pod from starting; undefined: nothing is known to. */
function waitingState(pod: JsonObject): PodState | undefined {
  const statuses = ['initContainerStatuses', 'containerStatuses'].flatMap((list) =>
    objectsAt(pod, 'status', list),
  )
  for (const status of statuses) {
    const reason = textAt(status, 'state', 'waiting', 'reason') ?? ''
    const why = clause(textAt(status, 'state', 'waiting', 'message') ?? reason)
    const image = textAt(status, 'image') ?? ''
    if (NO_IMAGE.includes(reason)) return { kind: 'no-image', image, why }
    if (UNSTARTABLE.includes(reason)) return { kind: 'unstartable', why }
  }
  return undefined
}

function endedState(pod: JsonObject, own: JsonObject | undefined): PodState {
  const reason = textAt(pod, 'status', 'reason') ?? ''
  const disrupted = conditionOf(pod, 'DisruptionTarget')
  const isEvicted =
    reason === 'Evicted' || reason === 'Preempting' || textAt(disrupted, 'status') === 'True'
  const message = textAt(pod, 'status', 'message') ?? textAt(disrupted, 'message')
  const ended = textAt(own, 'state', 'terminated', 'reason') ?? ''
  if (!isEvicted && NOT_BEGUN.includes(ended))
    return {
      kind: 'unstartable',
      why: clause(textAt(own, 'state', 'terminated', 'message') ?? ended),
    }
  const status = numberAt(own, 'state', 'terminated', 'exitCode')
  const how = status === undefined ? reason : `${ended || 'Error'}, exit status ${status}`
  return { kind: 'ended', isEvicted, why: clause(message ?? how) }
}

function conditionOf(pod: JsonObject, type: string): JsonObject | undefined {
  return objectsAt(pod, 'status', 'conditions').find((one) => textAt(one, 'type') === type)
}

function isRunning(status: JsonObject | undefined): boolean {
  return textAt(status, 'state', 'running', 'startedAt') !== undefined
}

function isOver(status: JsonObject | undefined): boolean {
  return numberAt(status, 'state', 'terminated', 'exitCode') !== undefined
}

const LONGEST = 500

/** On one line, without its period. */
function clause(message: string): string {
  return message.trim().replace(/\s+/g, ' ').slice(0, LONGEST).replace(/\.$/, '')
}
