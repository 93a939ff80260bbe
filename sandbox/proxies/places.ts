import type { PodPlaces } from '../api/port-forward/upgrade.ts'
import type { Gateway } from '../mesh/gateway.ts'
import { textAt } from '../objects/json.ts'
import { namespaceOf } from '../objects/kube-object.ts'
import { GATEWAY_NAMESPACE } from './gateway-pods.ts'

/** A Pod listens at its own address, and one of the gateway's in a place of its own. */
export function placesOf({ members }: Gateway): PodPlaces {
  return (pod) => {
    const member =
      namespaceOf(pod) === GATEWAY_NAMESPACE ? members.find(pod.metadata.name) : undefined
    if (member !== undefined) return (port) => members.inside(member, port)
    const host = textAt(pod, 'status', 'podIP') ?? ''
    return async (port) => ({ host, port })
  }
}
