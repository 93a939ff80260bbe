import { type JsonObject, listAt, objectAt } from '../../sandbox/objects/json.ts'
import type { KubeObject } from '../../sandbox/objects/kube-object.ts'
import { SECOND_GATEWAY } from '../processes/addresses.ts'
import { PROXY_PODS } from '../processes/envoy/proxy-pods.ts'
import type { Api } from './api.ts'
import { tutorialObject } from './tutorial.ts'

/** Creates the Pod of the gateway's second replica and adds it to the endpoints of the gateway's Service, as controllers would. */
export async function createSecondGateway(api: Api): Promise<void> {
  await api.create(secondPod())
  const slice = tutorialObject('EndpointSlice', 'istio-ingressgateway-1')
  const [first] = listAt(slice, 'endpoints')
  const targetRef = { ...objectAt(first, 'targetRef'), name: PROXY_PODS.second.pod }
  const second = { ...objectAt(first), addresses: [SECOND_GATEWAY], targetRef }
  await api.merge(slice, { endpoints: [...listAt(slice, 'endpoints'), second] })
}

/** Removes both again. */
export async function removeSecondGateway(api: Api): Promise<void> {
  const slice = tutorialObject('EndpointSlice', 'istio-ingressgateway-1')
  await api.merge(slice, { endpoints: listAt(slice, 'endpoints') })
  await api.remove(secondPod())
}

function secondPod(): KubeObject {
  const pod = tutorialObject('Pod', PROXY_PODS.first.pod)
  const status: JsonObject = {
    ...objectAt(pod, 'status'),
    podIP: SECOND_GATEWAY,
    podIPs: [{ ip: SECOND_GATEWAY }],
  }
  return { ...pod, metadata: { ...pod.metadata, name: PROXY_PODS.second.pod }, status }
}
