import type { ApiServer } from '../kube/api-server.ts'
import { type Problem, problem, warning } from '../problem/problem.ts'
import { isForAll, nearness } from '../routes/istio/export-to.ts'
import { isReadWith } from '../routes/istio/revision.ts'
import { tcpRules } from '../routes/istio/rules/virtual-service-rules.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { MESH_GATEWAY, type Rule } from '../routes/rule.ts'
import { type AtServer, exportToOfObject, type Taker, takersInOrder } from './first-taker.ts'
import { type GatewayObject, gatewayName } from './gateway-object.ts'
import type { FoundGateway } from './gateway-search.ts'
import { fittingServers } from './gateway-server.ts'
import { mayTakeText, type Taken, takenRemedy, takenText } from './taken-texts.ts'

/** What is known of the gateway. */
export type Where = {
  api: ApiServer
  located: FoundGateway
  /** All Gateways that could be read. */
  gateways: readonly GatewayObject[]
}

/** A rule of an object, whose connections another object may get. */
export type Ours = { object: RouteObject; rule: Rule }

/**
 * Other VirtualServices that get the rule's connections. It is an error if they get those of the port that the run connects
 * to, because then the weights cannot be confirmed. On other ports it is a warning.
 */
export function findTakers(ours: Ours, others: readonly RouteObject[], where: Where): Problem[] {
  const { located, gateways } = where
  const known = gateways.flatMap((gateway) =>
    fittingServers(ours, gateway).map((server): AtServer => ({ gateway, server })),
  )
  const assumed = assumedServers(ours.rule, others, gateways)
  const servers = [...known, ...assumed]
  const taken = servers.flatMap((at) => takenAt(at, ours, others, located) ?? [])
  const probed = taken.filter(({ at }) => isProbed(at, located))
  const isError = ({ at }: Taken) =>
    located.at ? isProbed(at, located) : taken.length === servers.length
  const shown = probed.length > 0 ? probed : taken
  return shown.map((one) => {
    const remedy = takenRemedy(where.api, one)
    const isSure = one.isSure && !assumed.includes(one.at)
    if (!isSure) return warning('ITS-PORT-MAY-BE-TAKEN', mayTakeText(one, ours.object), remedy)
    const what = takenText(one, ours.object)
    return isError(one)
      ? problem('ITS-PORT-TAKEN', what, remedy)
      : warning('ITS-PORT-TAKEN', what, remedy)
  })
}

/**
 * The rules that come before ours at a server. What the gateway's Pods see depends on their namespace. If that is not known,
 * only what holds for every namespace is sure.
 */
function takenAt(
  at: AtServer,
  ours: Ours,
  others: readonly RouteObject[],
  { pods }: FoundGateway,
): Taken | undefined {
  const objects = [ours.object, ...others]
  const namespaces = pods ? [pods.namespace] : possibleNamespaces(ours.object, objects)
  const before = namespaces.map((namespace) =>
    takersBefore(ours.object, takersInOrder(at, objects, namespace)),
  )
  const [first, ...later] = distinct(before.flat())
  if (!first) return undefined
  const isSure =
    isReadWith(ours.object.raw, first.object.raw) && before.every((takers) => takers.length > 0)
  return { at, takers: [first, ...later], isSure }
}

/** The takers that come before an object. */
function takersBefore(object: RouteObject, takers: readonly Taker[]): readonly Taker[] {
  const own = takers.findIndex((taker) => taker.object === object)
  return own < 0 ? takers : takers.slice(0, own)
}

function distinct(takers: readonly Taker[]): Taker[] {
  return [...new Map(takers.map((taker) => [taker.object, taker])).values()]
}

/** Namespaces in which gateways may see our object: each one that an object names, and one that no object names. */
function possibleNamespaces(own: RouteObject, objects: readonly RouteObject[]): string[] {
  const named = objects.flatMap((object) =>
    isForAll(exportToOfObject(object)) ? [] : [object.namespace, ...exportToOfObject(object)],
  )
  return [...new Set([...named, ''])].filter(
    (namespace) => nearness(exportToOfObject(own), own.namespace, namespace) !== undefined,
  )
}

function isProbed({ gateway, server }: AtServer, { at }: FoundGateway): boolean {
  return (
    at !== undefined &&
    at.gateway.name === gateway.name &&
    at.gateway.namespace === gateway.namespace &&
    at.server.port === server.port
  )
}

/**
 * Servers as the rule expects them, of Gateways that could not be read. Which object comes first there is not sure,
 * because the hosts that the Gateway admits are not known.
 */
function assumedServers(
  { listeners }: Rule,
  others: readonly RouteObject[],
  read: readonly GatewayObject[],
): AtServer[] {
  const unread = listeners.filter(
    ({ gateway }) => gateway !== MESH_GATEWAY && !read.some((one) => gatewayName(one) === gateway),
  )
  return unread.flatMap(({ gateway, port }) => {
    const theirs = others
      .flatMap(tcpRules)
      .flatMap((rule) => rule.listeners)
      .flatMap((other) => (other.gateway === gateway ? [other.port ?? 0] : []))
    const [namespace = '', name = ''] = gateway.split('/')
    const unknown = { namespace, name, createdAt: '', selector: {}, servers: [] }
    return [...new Set(port === undefined ? theirs : [port])].map((number) => ({
      gateway: unknown,
      server: { ...TCP_FOR_ALL, port: number },
    }))
  })
}

const TCP_FOR_ALL = { portName: '', protocol: 'TCP', tls: undefined, bind: '', hosts: ['*'] }
