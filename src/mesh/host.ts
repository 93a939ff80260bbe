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

/** Whether a DestinationRule's host, which may be a wildcard, covers a destination's host. */
export function coversHost(
  ruleHost: string,
  ruleNamespace: string,
  host: string,
  namespace: string,
): boolean {
  const wanted = fullName(host, namespace)
  if (ruleHost.startsWith('*')) return wanted.endsWith(ruleHost.slice(1))
  return fullName(ruleHost, ruleNamespace) === wanted
}

function fullName(host: string, namespace: string): string {
  const service = serviceOf(host, namespace)
  return service ? `${service.name}.${service.namespace}.svc.cluster.local` : host
}
