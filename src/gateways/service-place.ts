import type { ApiServer } from '../kube/api-server.ts'
import { type JsonObject, numberAt, objectsAt, textAt } from '../kube/json.ts'
import { coreResource, readObject } from '../kube/resources.ts'
import { type Problem, warning } from '../problem/problem.ts'
import type { Destination, NewDestination, RuleFormat } from '../routes/rule-format.ts'

/** What a host name means. */
export type ServicePlace =
  | { kind: 'place'; place: NewDestination }
  /** No Service has this name. */
  | { kind: 'missing' }
  /** The Service may not be read, or the host is not the name of a Service. */
  | { kind: 'unknown' }
  | { kind: 'wrong'; says: string }

/** A host and a port as given, the destination that is copied, and the namespace of the route object. */
export type ServicePlaceSearch = {
  host: string
  port?: number
  copied: Destination
  namespace: string
  format: Pick<RuleFormat, 'serviceOf'>
}

/**
 * The place of a new destination on the Service that a host means. Its port is the given one, else the port of the copied
 * destination if the Service has it, else the only port of the Service.
 */
export async function servicePlace(
  api: ApiServer,
  { host, port, copied, namespace, format }: ServicePlaceSearch,
  signal: AbortSignal,
): Promise<ServicePlace> {
  const service = format.serviceOf({ host }, namespace)
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
  // A Service of type ExternalName, or without a cluster IP, may have no port at all.
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
        ? `${has}${asked === undefined ? '' : `, but not ${asked}, the port of the copied destination`}. Name the port: ${host}:${ports[0]}.`
        : `${has}, but not ${port}.`,
  }
}

/** The warning for a host that is not the name of a Service. If Istio cannot resolve it, connections to it are lost. */
export function notAService(host: string): Problem {
  return warning(
    'ITS-HOST-NOT-CHECKED',
    `Whether host ${host} exists was not checked, because it is not the name of a Service.`,
    'For a Service, write NAME or NAME.NAMESPACE.svc.cluster.local. Istio does not resolve NAME.NAMESPACE.',
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
