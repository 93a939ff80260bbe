import { textsAt } from '../../kube/json.ts'
import { isWildcard } from '../match/virtual-host.ts'
import type { RouteObject } from '../route-object.ts'
import type { ServiceName } from '../rule-format.ts'

/**
 * The Service that a destination's host names; undefined for a host that is not the name of a Service, such as that of
 * a ServiceEntry. A name without dots is in the route object's own namespace.
 * Source: Istio's reference, Destination.host.
 */
export function serviceOf(host: string, namespace: string): ServiceName | undefined {
  if (!host.includes('.'))
    return host === '' || host === '*' ? undefined : { namespace, name: host }
  const parts = /^([^.*]+)\.([^.]+)\.svc(\..+)?$/.exec(host)
  return parts?.[1] && parts[2] ? { name: parts[1], namespace: parts[2] } : undefined
}

/** The host with its namespace and domain, as istiod resolves a short name. */
export function fullName(host: string, namespace: string): string {
  const service = serviceOf(host, namespace)
  return service ? `${service.name}.${service.namespace}.svc.cluster.local` : host
}

/** The hosts of a VirtualService, as istiod resolves them. */
export function hostsOf({ namespace, spec }: Pick<RouteObject, 'namespace' | 'spec'>): string[] {
  return textsAt(spec, 'hosts').map((host) => fullName(host, namespace))
}

/**
 * Whether two hosts, each of which may begin with `*`, can match the same name.
 * Source: istio, host.Name.Matches.
 */
export function hostsMatch(one: string, other: string): boolean {
  const [shorter, longer] = one.length < other.length ? [one, other] : [other, one]
  if (isWildcard(one) && isWildcard(other)) return longer.slice(1).endsWith(shorter.slice(1))
  if (isWildcard(one)) return other.endsWith(one.slice(1))
  if (isWildcard(other)) return one.endsWith(other.slice(1))
  return one === other
}
