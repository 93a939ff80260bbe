import type { ApiServer } from '../kube/api-server.ts'
import { type Problem, problem, warning } from '../problem/problem.ts'
import { isForAll, nearness } from '../routes/istio/export-to.ts'
import { isReadWith } from '../routes/istio/revision.ts'
import { tcpRules } from '../routes/istio/tcp-rules.ts'
import type { RouteObject } from '../routes/route-object.ts'
import { MESH_GATEWAY, type Rule } from '../routes/rule.ts'
import { type AtServer, exportToOfObject, firstTaker, type Taker } from './first-taker.ts'
import { type GatewayObject, gatewayName } from './gateway-object.ts'
import type { FoundGateway } from './gateway-search.ts'
import { fittingServers } from './gateway-server.ts'
import { mayTakeText, takenRemedy, takenText } from './taken-texts.ts'

/** What is known of the gateway. */
export type Where = {
  api: ApiServer
  located: FoundGateway
  /** All that could be read. */
  gateways: readonly GatewayObject[]
}

/** An object's entry that another object's entry may keep from the gateway's connections. */
export type Ours = { object: RouteObject; rule: Rule }

/**
 * Other VirtualServices that get the entry's connections. Where they get those of the port that the
 * run connects to, the weights cannot be confirmed, which is an error. Elsewhere it is a warning.
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
    const remedy = takenRemedy(where.api, one.taker.object)
    const isSure = one.isSure && !assumed.includes(one.at)
    if (!isSure) return warning('ITS-PREFLIGHT', mayTakeText(one, ours.object), remedy)
    const what = takenText(one, ours.object)
    return isError(one)
      ? problem('ITS-PREFLIGHT', what, remedy)
      : warning('ITS-PREFLIGHT', what, remedy)
  })
}

/** Who gets the connections of a server instead. */
export type Taken = { at: AtServer; taker: Taker; isSure: boolean }

/**
 * Who is before our object at a server. In which namespace the gateway's Pods are decides what they
 * see. Where it is not known, only what holds for each namespace is sure.
 */
function takenAt(
  at: AtServer,
  ours: Ours,
  others: readonly RouteObject[],
  { pods }: FoundGateway,
): Taken | undefined {
  const objects = [ours.object, ...others]
  const namespaces = pods ? [pods.namespace] : possibleNamespaces(ours.object, objects)
  const takers = namespaces.map((namespace) => firstTaker(at, objects, namespace))
  const other = takers.find((taker) => taker !== undefined && taker.object !== ours.object)
  if (!other) return undefined
  const isSure =
    isReadWith(ours.object.raw, other.object.raw) &&
    takers.every((taker) => taker !== undefined && taker.object !== ours.object)
  return { at, taker: other, isSure }
}

/** Namespaces in which gateways may see our object: each that matters to any object, and one that matters to none. */
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
 * Servers as the entry expects them, of Gateways that could not be read: who is first there is
 * not sure, since the hosts that the Gateway admits are not known.
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
