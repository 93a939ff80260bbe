import type { PodPlaces } from '../api/port-forward/upgrade.ts'
import type { Gateway } from '../mesh/gateway.ts'
import { textAt } from '../objects/json.ts'
import { namespaceOf } from '../objects/kube-object.ts'
import { GATEWAY_NAMESPACE } from './gateway-pods.ts'
import type { Sidecars } from './sidecars.ts'

/** A Pod listens at its own address, and one of the gateway's or with a sidecar in a place of its own. */
export function placesOf({ members }: Gateway, sidecars: () => Sidecars): PodPlaces {
  return (pod) => {
    const beside = sidecars().insideOf(pod)
    if (beside !== undefined) return beside
    const member =
      namespaceOf(pod) === GATEWAY_NAMESPACE ? members.find(pod.metadata.name) : undefined
    if (member !== undefined) return (port) => members.inside(member, port)
    const host = textAt(pod, 'status', 'podIP') ?? ''
    return async (port) => ({ host, port })
  }
}
