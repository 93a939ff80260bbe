import type { Gateway } from '../mesh/gateway.ts'
import { isObject, listAt, numberAt, textAt } from '../objects/json.ts'
import { type KubeObject, namespaceOf } from '../objects/kube-object.ts'
import type { ObjectStore } from '../objects/object-store.ts'
import type { Sidecar } from '../proxies/sidecars.ts'

/** How a name and a port lead to another place in the network of a Pod. */
export type NetworkPlace = readonly [host: string, port: number, toHost: string, toPort: number]

/**
 * Where the processes of a Pod get when they connect to a Service: to the Pod's sidecar, if it has one that has a listener
 * for it, else to the gateway, if the Service is the gateway's.
 */
export async function networkOf(
  objects: ObjectStore,
  { host }: Gateway,
  sidecar: Sidecar | undefined,
): Promise<NetworkPlace[]> {
  const places = objects
    .list({ group: '', resource: 'services' })
    .flatMap((service) => portsOf(service).map((port) => ({ service, port })))
    .map(async ({ service, port }): Promise<NetworkPlace[]> => {
      const hosts = namesOf(service)
      const outbound = await sidecar?.outbound(hosts[0], port)
      if (outbound) return hosts.map((one) => [one, port, outbound.host, outbound.port])
      return isGateway(service) ? hosts.map((one) => [one, port, host, port]) : []
    })
  return (await Promise.all(places)).flat()
}

function portsOf(service: KubeObject): number[] {
  return listAt(service, 'spec', 'ports')
    .filter(isObject)
    .map((port) => numberAt(port, 'port') ?? 0)
}

/** What a Pod of any namespace can call a Service. */
function namesOf(service: KubeObject): [string, ...string[]] {
  const name = `${service.metadata.name}.${namespaceOf(service)}`
  const address = textAt(service, 'spec', 'clusterIP')
  return [
    `${name}.svc.cluster.local`,
    `${name}.svc`,
    name,
    ...(address === undefined ? [] : [address]),
  ]
}

function isGateway(service: KubeObject): boolean {
  return listAt(service, 'status', 'loadBalancer', 'ingress').length > 0
}
