import { type JsonObject, listAt, textAt } from '../objects/json.ts'
import type { KubeObject } from '../objects/kube-object.ts'
import { wholeSeconds } from '../objects/whole-seconds.ts'

export const NO_NODE =
  "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling."
export const SCHEDULED: JsonObject = { type: 'PodScheduled', status: 'True' }

export function unscheduled(message: string, at: Date): JsonObject {
  const lastTransitionTime = wholeSeconds(at)
  return {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message,
    lastTransitionTime,
  }
}

export function pullMessage(pod: KubeObject): string {
  const image = textAt(pod, 'spec', 'containers', 0, 'image') ?? ''
  return `failed to pull and unpack image "docker.io/library/${image}": failed to resolve reference "docker.io/library/${image}": docker.io/library/${image}: not found`
}

export function statusesOf(pod: KubeObject, state: JsonObject): JsonObject[] {
  const name = textAt(pod, 'spec', 'containers', 0, 'name') ?? ''
  const image = textAt(pod, 'spec', 'containers', 0, 'image') ?? ''
  return [
    {
      name,
      image,
      imageID: '',
      state,
      ready: 'running' in state,
      restartCount: 0,
      started: 'running' in state,
    },
  ]
}

/** A Pod with a gate is not ready until somebody reports that it is. */
export function conditionsOf(pod: KubeObject): JsonObject[] {
  const gates = listAt(pod, 'spec', 'readinessGates')
  return [
    SCHEDULED,
    { type: 'ContainersReady', status: 'True' },
    gates.length === 0
      ? { type: 'Ready', status: 'True' }
      : { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady' },
  ]
}
