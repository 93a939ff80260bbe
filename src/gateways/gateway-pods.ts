import { type JsonObject, labelsAt, textAt } from '../kube/json.ts'
import type { ClientPods } from '../routes/probe-request.ts'
import { portTo, tcpPorts } from './service-ports.ts'

/** The Pods of a gateway. */
export type GatewayPods = ClientPods & {
  /** The port on which they listen for a server with this port. */
  targetPort: (port: number) => number
}

/**
 * Whether a selector selects the Pods of a gateway. A Gateway without a selector is for every gateway. A selector with
 * labels that are not known here does not count.
 */
export function areSelected(
  { labels }: GatewayPods,
  selector: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value)
}

/** What the Service of a gateway, and the labels by which its Pods are selected, show about these Pods. */
export function podsOf(
  service: JsonObject,
  selector: Readonly<Record<string, string>>,
): GatewayPods {
  const ports = tcpPorts(service)
  return {
    namespace: textAt(service, 'metadata', 'namespace') ?? '',
    labels: { ...selector, ...labelsAt(service, 'spec', 'selector') },
    targetPort: (number) => {
      const target = portTo(ports, number)?.target
      return typeof target === 'number' ? target : number
    },
  }
}
