import { hostnamesOf, type Parent, parentsOf } from '../../routes/gateway-api/rules/listeners.ts'
import type { RouteObject } from '../../routes/route-object.ts'
import { conditionNow, reasonText } from './conditions.ts'
import type { GatewayListener, GatewayObject } from './gateway-object.ts'
import { admittedHosts } from './listener-hosts.ts'
import { allowsNamespace, type NamespaceLabels } from './namespaces.ts'

/** A listener of a Gateway. */
export type AtListener = { gateway: GatewayObject; listener: GatewayListener }

/** Whether a route is attached to a listener. `unknown`: that depends on labels of its namespace. */
export type Attachment =
  | { kind: 'attached' }
  | { kind: 'unknown' }
  /** A clause about the listener, such as `is UDP`. */
  | { kind: 'refused'; why: string }

type Route = Pick<RouteObject, 'kind' | 'namespace' | 'name' | 'spec'>

/**
 * Whether a listener uses a route: by its protocol, by the parentRefs of the route, and by the kinds, namespaces and
 * hostname that the listener allows.
 */
export function attachment(
  route: Route,
  { gateway, listener }: AtListener,
  labelsOf: NamespaceLabels,
): Attachment {
  const { kinds, from } = listener
  if (!kindsOf(listener).includes(route.kind)) return refused(`is ${protocolText(listener)}`)
  if (!parentsOf(route).some((parent) => names(parent, { gateway, listener })))
    return refused('is not named by a parentRef of the route')
  if (kinds !== undefined && !kinds.includes(route.kind))
    return refused(`allows no ${route.kind} (allowedRoutes.kinds)`)
  const [own, theirs] = [gateway.namespace, route.namespace]
  const isAllowed = allowsNamespace(from, { gateway: own, route: theirs }, labelsOf)
  if (isAllowed === false)
    return refused(
      `allows no routes of namespace ${theirs} (allowedRoutes.namespaces.from: ${from.kind})`,
    )
  if (admittedHosts(listener, route).length === 0)
    return refused(
      `has the hostname ${listener.hostname}, and the route has ${hostnamesOf(route).join(', ')}`,
    )
  const refusal = refusalOf({ gateway, listener })
  if (refusal !== undefined) return refused(refusal)
  return { kind: isAllowed === undefined ? 'unknown' : 'attached' }
}

function refused(why: string): Attachment {
  return { kind: 'refused', why }
}

/** Whether a parentRef names a listener: by its Gateway, and by its name and its port where it has them. */
export function names(parent: Parent, { gateway, listener }: AtListener): boolean {
  return (
    parent.kind === 'gateway' &&
    parent.namespace === gateway.namespace &&
    parent.name === gateway.name &&
    (parent.section === undefined || parent.section === listener.name) &&
    (parent.port === undefined || parent.port === listener.port)
  )
}

/**
 * The kinds of routes that a listener can have. TCPRoutes get the connections of a TLS listener after the gateway has
 * ended TLS.
 */
function kindsOf({ protocol, tls }: GatewayListener): string[] {
  switch (protocol) {
    case 'HTTP':
    case 'HTTPS':
      return ['HTTPRoute', 'GRPCRoute']
    case 'TLS':
      return tls === 'terminate' ? ['TLSRoute', 'TCPRoute'] : ['TLSRoute']
    case 'TCP':
      return ['TCPRoute']
    default:
      return []
  }
}

/** The protocol of a listener, for messages. */
export function protocolText({ protocol, tls }: GatewayListener): string {
  if (protocol === 'UDP') return 'UDP, which is not supported'
  return protocol === 'TLS'
    ? `TLS, mode ${tls === 'passthrough' ? 'Passthrough' : 'Terminate'}`
    : protocol
}

/** What the controller says if it does not serve a listener. */
function refusalOf({ gateway, listener }: AtListener): string | undefined {
  const says = (type: string, status: 'True' | 'False') =>
    conditionNow(gateway.generation, listener.conditions, type, status)
  const found = says('Accepted', 'False') ?? says('Conflicted', 'True')
  return found && `is not served by its controller (${reasonText(found)})`
}
