import { type GatewayObject, parseGateway } from '../../../src/gateways/istio/gateway-object.ts'
import type { JsonObject } from '../../../src/kube/json.ts'

/** A Gateway with these servers. */
export function gateway(...servers: JsonObject[]): GatewayObject {
  const parsed = parseGateway({
    metadata: { name: 'public', namespace: 'demo', creationTimestamp: '2026-03-01T00:00:00Z' },
    spec: { selector: { istio: 'ingress' }, servers },
  })
  if (!parsed) throw new Error('no Gateway')
  return parsed
}
