import { type Json, listAt, numberAt, textAt, textsAt } from '../../objects/json.ts'
import { type KubeObject, namespaceOf } from '../../objects/kube-object.ts'
import { GATEWAY_API } from '../../objects/resources.ts'
import { hostsMatch } from '../hosts-match.ts'
import type { ParentListener } from './listeners.ts'
import type { ConfigError, GatewayApiObjects } from './objects.ts'

/** A reference of a route to a parent, for each listener of that. */
export type Attachment = {
  /** The reference as it is in the route, and as text. */
  reference: Json
  key: string
  /** Undefined: a Service, for the routes of the mesh. */
  listener: ParentListener | undefined
  /** Why the listener does not take the route. */
  denied: ConfigError | undefined
  /** Hostnames of other listeners of the Gateway on the same port and protocol. */
  others: readonly string[]
}

/** A reference as a text that identifies it. Source: istio, parentRefString. */
export function keyOf(reference: Json, namespace: string): string {
  const text = (field: string, otherwise: string) => textAt(reference, field) ?? otherwise
  const port = numberAt(reference, 'port') ?? 0
  const name = `${text('name', '')}/${text('sectionName', '')}/${port}`
  return `${text('group', GATEWAY_API)}/${text('kind', 'Gateway')}/${name}.${text('namespace', namespace)}`
}

/** Each reference of a route to what istiod knows. Source: istio, extractParentReferenceInfo. */
export function attachmentsOf(
  route: KubeObject,
  listeners: readonly ParentListener[],
  objects: GatewayApiObjects,
): Attachment[] {
  const found = listAt(route, 'spec', 'parentRefs').flatMap((reference): Attachment[] => {
    const namespace = textAt(reference, 'namespace') ?? namespaceOf(route)
    const name = textAt(reference, 'name') ?? ''
    const key = keyOf(reference, namespaceOf(route))
    const kind = `${textAt(reference, 'group') ?? GATEWAY_API}/${textAt(reference, 'kind') ?? 'Gateway'}`
    if (kind === '/Service') {
      const isThere = objects.services.some(
        (one) => one.metadata.name === name && namespaceOf(one) === namespace,
      )
      const missing = {
        reason: 'NoMatchingParent',
        message: `parent service: ${JSON.stringify(name)} not found`,
      }
      return [
        { reference, key, listener: undefined, denied: isThere ? undefined : missing, others: [] },
      ]
    }
    if (kind !== `${GATEWAY_API}/Gateway`) return []
    const own = listeners.filter(
      ({ gateway }) => gateway.metadata.name === name && namespaceOf(gateway) === namespace,
    )
    return own.map((listener) => ({
      reference,
      key,
      listener,
      denied: deniedBy(listener, reference, route),
      others: own
        .filter(
          (one) =>
            one !== listener && one.port === listener.port && one.protocol === listener.protocol,
        )
        .map(({ hostname }) => hostname)
        .filter((hostname) => hostname !== listener.hostname),
    }))
  })
  return found.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
}

/** Why a listener does not take a route. Source: istio, referenceAllowed. */
function deniedBy(
  listener: ParentListener,
  reference: Json,
  route: KubeObject,
): ConfigError | undefined {
  const port = numberAt(reference, 'port')
  if (port !== undefined && port !== listener.port)
    return { reason: 'NoMatchingParent', message: `port ${port} not found` }
  const section = textAt(reference, 'sectionName')
  if (section !== undefined && section !== listener.name)
    return {
      reason: 'NoMatchingParent',
      message: `sectionName ${JSON.stringify(section)} not found`,
    }
  const namespace = namespaceOf(route)
  const hostnames = textsAt(route, 'spec', 'hostnames')
  const meeting = listener.hosts
    .map((one) => one.split('/'))
    .filter(([, host = '']) =>
      (hostnames.length === 0 ? ['*'] : hostnames).some((hostname) => hostsMatch(host, hostname)),
    )
  const quoted = JSON.stringify(listener.hostname)
  if (!meeting.some(([admitted]) => admitted === '*' || admitted === namespace))
    return meeting.length > 0
      ? {
          reason: 'NotAllowedByListeners',
          message: `hostnames matched parent hostname ${quoted}, but namespace ${JSON.stringify(namespace)} is not allowed by the parent`,
        }
      : {
          reason: 'NoMatchingListenerHostname',
          message: `no hostnames matched parent hostname ${quoted}`,
        }
  if (!listener.kinds.includes(route.kind))
    return {
      reason: 'NotAllowedByListeners',
      message: `kind ${GATEWAY_API}/v1/${route.kind} is not allowed`,
    }
  return undefined
}

/**
 * Whether a host of a route is for this listener, and not for one with a more specific hostname on the same port.
 * Source: istio, hostnameAllowedByIsolation.
 */
export function isOwnHost(host: string, { listener, others }: Attachment): boolean {
  const own = listener?.hostname ?? ''
  if (own !== '' && !own.startsWith('*')) return true
  if (own !== '' && !hostsMatch(host, own)) return false
  return others.every((other) => own.length > other.length || !isWithin(host, other))
}

/** Whether a host, which may begin with `*`, covers only what the other one does. */
export function isWithin(host: string, other: string): boolean {
  if (!other.startsWith('*')) return host === other
  const end = other.slice(1)
  return host.startsWith('*') ? host.slice(1).endsWith(end) : host.endsWith(end)
}
