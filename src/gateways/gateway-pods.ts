import { type JsonObject, labelsAt, textAt } from '../kube/json.ts'
import type { GatewayObject } from './gateway-object.ts'
import type { GatewayPods } from './merged-servers.ts'
import { portTo, tcpPorts } from './service-ports.ts'

/** What the Service in front of a gateway, and a Gateway that selects its Pods, show of these. */
export function podsOf(service: JsonObject, gateway: GatewayObject): GatewayPods {
  const ports = tcpPorts(service)
  return {
    namespace: textAt(service, 'metadata', 'namespace') ?? '',
    labels: { ...gateway.selector, ...labelsAt(service, 'spec', 'selector') },
    targetPort: (number) => {
      const target = portTo(ports, number)?.target
      return typeof target === 'number' ? target : number
    },
  }
}
