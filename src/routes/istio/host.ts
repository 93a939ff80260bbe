/** A Service by its place. */
export type ServiceName = { namespace: string; name: string }

/**
 * The Service that a destination's host means; undefined for a host that is no Service's name
 * (a ServiceEntry's, say). A name without dots is one of the route object's own namespace.
 * Source: Istio's reference, Destination.host.
 */
export function serviceOf(host: string, namespace: string): ServiceName | undefined {
  if (!host.includes('.'))
    return host === '' || host === '*' ? undefined : { namespace, name: host }
  const parts = /^([^.*]+)\.([^.]+)\.svc(\..+)?$/.exec(host)
  return parts?.[1] && parts[2] ? { name: parts[1], namespace: parts[2] } : undefined
}

/** The host with its namespace and domain, as istiod resolves the short name of a Service. */
export function fullName(host: string, namespace: string): string {
  const service = serviceOf(host, namespace)
  return service ? `${service.name}.${service.namespace}.svc.cluster.local` : host
}

/**
 * Whether two hosts, of which each may begin with `*`, can mean the same name.
 * Source: istio, host.Name.Matches.
 */
export function hostsMatch(one: string, other: string): boolean {
  const [shorter, longer] = one.length < other.length ? [one, other] : [other, one]
  if (isWildcard(one) && isWildcard(other)) return longer.slice(1).endsWith(shorter.slice(1))
  if (isWildcard(one)) return other.endsWith(one.slice(1))
  if (isWildcard(other)) return one.endsWith(other.slice(1))
  return one === other
}

export function isWildcard(host: string): boolean {
  return host.startsWith('*')
}
