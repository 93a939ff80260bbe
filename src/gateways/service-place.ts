import type { ApiServer } from '../kube/api-server.ts'
import { type JsonObject, numberAt, objectsAt, textAt } from '../kube/json.ts'
import { coreResource, readObject } from '../kube/resources.ts'
import { type Problem, warning } from '../problem/problem.ts'
import { serviceOf } from '../routes/istio/host.ts'
import type { Destination, NewDestination } from '../routes/rule-format.ts'

/** What a host name turned out to be. */
export type ServicePlace =
  | { kind: 'place'; place: NewDestination }
  /** No Service has this name. */
  | { kind: 'missing' }
  /** The Service may not be read, or the host is none of a Service. */
  | { kind: 'unknown' }
  | { kind: 'wrong'; says: string }

/**
 * The place of a new destination on a Service that a host means. Its port is the given one, else
 * that of the copied destination if the Service has it, else its only one.
 */
export async function servicePlace(
  api: ApiServer,
  { host, port }: { host: string; port?: number },
  copied: Destination,
  namespace: string,
  signal: AbortSignal,
): Promise<ServicePlace> {
  const service = serviceOf(host, namespace)
  if (service === undefined) return { kind: 'unknown' }
  const read = await readObject(
    api,
    coreResource('services', service.namespace, service.name),
    signal,
  )
  if (read.kind === 'denied') return { kind: 'unknown' }
  if (read.kind === 'missing') return { kind: 'missing' }
  const ports = tcpPorts(read.value)
  const whose = `Service ${service.namespace}/${service.name}`
  // One of type ExternalName, or without a cluster IP, may list no port at all.
  if (objectsAt(read.value, 'spec', 'ports').length === 0) return placed(host, port)
  if (ports.length === 0) return { kind: 'wrong', says: `${whose} has no TCP port.` }
  const asked = port ?? copied.port
  if (asked !== undefined && ports.includes(asked)) return placed(host, port)
  if (port === undefined && ports.length === 1)
    return placed(host, copied.port === undefined ? undefined : ports[0])
  const has = `${whose} has the port${ports.length === 1 ? '' : 's'} ${ports.join(', ')}`
  return {
    kind: 'wrong',
    says:
      port === undefined
        ? `${has}${asked === undefined ? '' : `, but not ${asked} as the copied destination`}. Name the port: ${host}:${ports[0]}.`
        : `${has}, not ${port}.`,
  }
}

/** Connections to a host that Istio does not resolve are lost. */
export function notAService(host: string): Problem {
  return warning(
    'ITS-PREFLIGHT',
    `not checked: whether there is a host ${host}; it is not the name of a Service`,
    'For a Service, write its name alone or NAME.NAMESPACE.svc.cluster.local. Istio does not resolve NAME.NAMESPACE.',
  )
}

function placed(host: string, port: number | undefined): ServicePlace {
  return { kind: 'place', place: port === undefined ? { host } : { host, port } }
}

function tcpPorts(service: JsonObject): number[] {
  return objectsAt(service, 'spec', 'ports').flatMap((port) => {
    const isTcp = (textAt(port, 'protocol') ?? 'TCP') === 'TCP'
    return isTcp ? (numberAt(port, 'port') ?? []) : []
  })
}
