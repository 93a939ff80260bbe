import { listAt, numberAt, textAt } from '../../objects/json.ts'
import { type KubeObject, namespaceOf, textsOf } from '../../objects/kube-object.ts'
import { type ParentListener, servicesOf } from './listeners.ts'
import type { GatewayApiObjects } from './objects.ts'

/** The Services that serve a Gateway, with their ports that have endpoints, its addresses, and what is wrong. */
export type Resolved = {
  services: readonly string[]
  internal: readonly string[]
  addresses: readonly string[]
  warnings: readonly string[]
  usable: boolean
}

/** The addresses of the Services that serve a Gateway. Source: istio, ResolveGatewayInstances. */
export function resolve(
  gateway: KubeObject,
  listeners: readonly ParentListener[],
  objects: GatewayApiObjects,
): Resolved {
  const services = servicesOf(gateway)
  const ports = [...new Set(listeners.map(({ port }) => port))]
  const internal: string[] = []
  const addresses: string[] = []
  const warnings: string[] = []
  let usable = true
  for (const host of services) {
    const named = objects.services.filter(
      (one) => `${one.metadata.name}.${namespaceOf(one)}.svc.cluster.local` === host,
    )
    const service = named.find((one) => namespaceOf(one) === namespaceOf(gateway))
    if (service === undefined) {
      usable = false
      const elsewhere = named.map((one) => JSON.stringify(namespaceOf(one))).join(', ')
      const quoted = JSON.stringify(host)
      warnings.push(
        elsewhere === ''
          ? `hostname ${quoted} not found`
          : `hostname ${quoted} not found in namespace ${JSON.stringify(namespaceOf(gateway))}, but it was found in namespace(s) ${elsewhere}`,
      )
      continue
    }
    for (const port of ports) {
      if (!hasEndpoints(service, port, objects)) {
        usable = false
        warnings.push(`port ${port} not found for hostname ${JSON.stringify(host)}`)
        continue
      }
      internal.push(`${host}:${port}`)
    }
    const found = addressesOf(service)
    if (found.length > 0) addresses.push(...found)
    else if (textAt(service, 'spec', 'type') !== 'LoadBalancer') addresses.push(host)
    else warnings.push(`address pending for hostname ${JSON.stringify(host)}`)
  }
  return {
    services,
    internal: internal.sort(),
    addresses: internal.length === 0 ? [] : [...new Set(addresses)].sort(),
    warnings: warnings.sort(),
    usable,
  }
}

function addressesOf(service: KubeObject): string[] {
  return listAt(service, 'status', 'loadBalancer', 'ingress').flatMap(
    (one) => textAt(one, 'ip') ?? textAt(one, 'hostname') ?? [],
  )
}

function hasEndpoints(
  service: KubeObject,
  port: number,
  { endpointSlices }: GatewayApiObjects,
): boolean {
  const found = listAt(service, 'spec', 'ports').find((one) => numberAt(one, 'port') === port)
  return endpointSlices.some(
    (slice) =>
      namespaceOf(slice) === namespaceOf(service) &&
      textsOf(slice, 'labels')['kubernetes.io/service-name'] === service.metadata.name &&
      listAt(slice, 'endpoints').length > 0 &&
      listAt(slice, 'ports').some(
        (one) => found !== undefined && textAt(one, 'name') === textAt(found, 'name'),
      ),
  )
}
