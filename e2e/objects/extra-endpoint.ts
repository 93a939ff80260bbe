import { objectAt } from '../../sandbox/objects/json.ts'
import type { KubeObject } from '../../sandbox/objects/kube-object.ts'
import { POD_PORT, PODS } from '../processes/addresses.ts'
import type { Api } from './api.ts'
import { tutorialObject } from './tutorial.ts'

const NAME = 'tcp-echo-extra'

/** A second endpoint of the tutorial's v1, which is where v3 would be: its process replies as v3. */
export type ExtraEndpoint = {
  /** Adds it, or makes it ready again. */
  come(): Promise<void>
  /** A Pod that is not ready stays an endpoint. */
  rest(): Promise<void>
  /** Removes it from the Service. */
  go(): Promise<void>
}

/** Creates its Pod. It is no endpoint yet. */
export async function extraEndpoint(api: Api): Promise<ExtraEndpoint> {
  const pod = tutorialObject('Pod', 'tcp-echo-v1-0')
  const status = { ...objectAt(pod, 'status'), podIP: PODS.v3, podIPs: [{ ip: PODS.v3 }] }
  await api.create({ ...pod, metadata: { ...pod.metadata, name: NAME }, status })
  await api.create(slice([]))
  const set = async (endpoints: Parameters<typeof slice>[0]) => {
    await api.merge(slice([]), { endpoints })
  }
  return {
    come: () => set([endpoint(true)]),
    rest: () => set([endpoint(false)]),
    go: () => set([]),
  }
}

function endpoint(ready: boolean) {
  return {
    addresses: [PODS.v3],
    nodeName: 'node-0',
    conditions: { ready, serving: ready, terminating: false },
    targetRef: { kind: 'Pod', name: NAME, namespace: 'demo' },
  }
}

function slice(endpoints: ReturnType<typeof endpoint>[]): KubeObject {
  const labels = { 'kubernetes.io/service-name': 'tcp-echo' }
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: NAME, namespace: 'demo', labels },
    addressType: 'IPv4',
    ports: [{ name: 'tcp', port: POD_PORT, protocol: 'TCP' }],
    endpoints,
  }
}
