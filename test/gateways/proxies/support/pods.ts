import type { KubeObject } from '../../../../sandbox/objects/kube-object.ts'
import type { JsonObject } from '../../../../src/kube/json.ts'

type Pod = {
  namespace?: string
  labels?: Record<string, string>
  phase?: string
  isTerminating?: boolean
  containers?: JsonObject[]
  initContainers?: JsonObject[]
}

/** A Pod that runs and is ready, by default one of the gateway. */
export function pod(name: string, more: Pod = {}): KubeObject {
  const { namespace = 'istio-system', labels = GATEWAY_LABELS, phase = 'Running' } = more
  const { containers = [{ name: 'istio-proxy', image: 'auto' }], initContainers } = more
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      labels,
      ...(more.isTerminating
        ? { deletionTimestamp: '2026-03-01T00:00:00Z', finalizers: ['example/wait'] }
        : {}),
    },
    spec: { containers, ...(initContainers ? { initContainers } : {}) },
    status: { phase, conditions: [{ type: 'Ready', status: 'True' }] },
  } as unknown as KubeObject
}

export const GATEWAY_LABELS = { app: 'istio-ingressgateway', istio: 'ingressgateway' }
