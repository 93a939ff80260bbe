import { type JsonObject, labelsAt, textAt } from '../kube/json.ts'
import type { ClientPods } from '../routes/probe-request.ts'
import { portTo, tcpPorts } from './service-ports.ts'

/** The Pods of a gateway. */
export type GatewayPods = ClientPods & {
  /** The port on which they listen for a server with this port. `named`: the numbers of their ports by name. */
  targetPort: (port: number, named?: ReadonlyMap<string, number>) => number
  /** The Service in front of them, and its port for a server with this port. */
  service: { name: string; port: (port: number) => number | undefined }
}

/**
 * Whether a selector selects the Pods of a gateway. A Gateway without a selector is for every gateway. A selector with
 * labels that are not known here does not count.
 */
export function areSelected(
  { labels }: Pick<GatewayPods, 'labels'>,
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
    targetPort: (number, named = new Map()) => {
      const target = portTo(ports, number, named)?.target
      return typeof target === 'number' ? target : (named.get(target ?? '') ?? number)
    },
    service: {
      name: textAt(service, 'metadata', 'name') ?? '',
      port: (number) => portTo(ports, number)?.port,
    },
  }
}
