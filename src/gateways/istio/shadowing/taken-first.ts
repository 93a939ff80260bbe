import type { ApiServer } from '../../../kube/api-server.ts'
import { type Problem, problem, warning } from '../../../problem/problem.ts'
import { isForAll, nearness } from '../../../routes/istio/export-to.ts'
import { isReadWith } from '../../../routes/istio/revision.ts'
import { rulesOf } from '../../../routes/kinds.ts'
import { virtualHostFor } from '../../../routes/match/virtual-host.ts'
import type { ClientPods } from '../../../routes/probe-request.ts'
import type { RouteObject } from '../../../routes/route-object.ts'
import { MESH_GATEWAY, type Rule } from '../../../routes/rule.ts'
import type { FoundServer } from '../found-server.ts'
import { type GatewayObject, gatewayName, type Server } from '../gateway-object.ts'
import { fittingServers } from '../gateway-server.ts'
import { admittedHosts } from '../server-hosts.ts'
import { type AtServer, exportToOfObject, type Taker } from './first-taker.ts'
import { mayTakeText, type Taken, takenRemedy, takenText } from './taken-texts.ts'
import { type Ours, type Place, placesAt, takersBefore } from './takers-before.ts'

/** What is known of the gateway. */
export type Where = {
  api: ApiServer
  located: FoundServer
  /** The input `probe-host`. */
  probeHost: string | undefined
  /** All Gateways that could be read. */
  gateways: readonly GatewayObject[]
}

/**
 * Other VirtualServices that get the rule's traffic. It is an error if they get what the run sends, because then the
 * weights cannot be confirmed. On other ports and for other hosts it is a warning.
 */
export function findTakers(ours: Ours, others: readonly RouteObject[], where: Where): Problem[] {
  const { located, gateways } = where
  const known = gateways.flatMap((gateway) =>
    fittingServers(ours, gateway).map((server): AtServer => ({ gateway, server })),
  )
  const assumed = assumedServers(ours.rule, others, gateways).flatMap((at) => placesAt(at, ours))
  const places = [...known.flatMap((at) => placesAt(at, ours)), ...assumed]
  const taken = places.flatMap((place) => takenAt(place, ours, others, located) ?? [])
  const probed = taken.filter(({ at }) => isProbed(at, ours, where))
  const isError = ({ at }: Taken) =>
    located.at ? isProbed(at, ours, where) : taken.length === places.length
  const shown = probed.length > 0 ? probed : taken
  return shown.map((one) => {
    const remedy = takenRemedy(where.api, one)
    const isSure = one.isSure && !assumed.includes(one.at)
    if (!isSure) return warning('ITS-PORT-MAY-BE-TAKEN', mayTakeText(one, ours), remedy)
    const what = takenText(one, ours)
    return isError(one)
      ? problem('ITS-PORT-TAKEN', what, remedy)
      : warning('ITS-PORT-TAKEN', what, remedy)
  })
}

/**
 * The rules that come before ours at a place. What the gateway's Pods see depends on their namespace. If that is not known,
 * only what holds for every namespace is sure.
 */
function takenAt(
  at: Place,
  ours: Ours,
  others: readonly RouteObject[],
  { pods }: FoundServer,
): Taken | undefined {
  const objects = [ours.object, ...others]
  const possible = pods ? [pods] : possiblePods(ours.object, objects)
  const before = possible.map((one) => takersBefore(at, ours, objects, one))
  const [first, ...later] = distinct(before.flat())
  if (!first) return undefined
  const isSure =
    isReadWith(ours.object.raw, first.object.raw) && before.every((takers) => takers.length > 0)
  return { at, takers: [first, ...later], isSure }
}

function distinct(takers: readonly Taker[]): Taker[] {
  return [...new Map(takers.map((taker) => [taker.object, taker])).values()]
}

/** Pods in each namespace in which gateways may see our object: each one that an object names, and one that none names. */
export function possiblePods(own: RouteObject, objects: readonly RouteObject[]): ClientPods[] {
  const named = objects.flatMap((object) =>
    isForAll(exportToOfObject(object)) ? [] : [object.namespace, ...exportToOfObject(object)],
  )
  return [...new Set([...named, ''])]
    .filter((namespace) => nearness(exportToOfObject(own), own.namespace, namespace) !== undefined)
    .map((namespace) => ({ namespace, labels: {} }))
}

/** Whether the run connects to a place, and with http rules asks for its host. */
function isProbed(
  { gateway, server, host }: Place,
  { object }: Ours,
  { located, probeHost }: Where,
): boolean {
  const { at, hosts } = located
  const asked = probeHost ?? hosts[0]
  const isAsked = () =>
    host === undefined ||
    asked === undefined ||
    host.toLowerCase() === virtualHostFor(admittedHosts({ gateway, server }, object), asked)
  return (
    at !== undefined &&
    at.gateway.name === gateway.name &&
    at.gateway.namespace === gateway.namespace &&
    at.server.port === server.port &&
    isAsked()
  )
}

/**
 * Servers as the rule expects them, of Gateways that could not be read. Which object comes first there is not sure,
 * because the hosts that the Gateway admits are not known.
 */
function assumedServers(
  { listeners, protocol }: Rule,
  others: readonly RouteObject[],
  read: readonly GatewayObject[],
): AtServer[] {
  const unread = listeners.filter(
    ({ gateway }) => gateway !== MESH_GATEWAY && !read.some((one) => gatewayName(one) === gateway),
  )
  return unread.flatMap(({ gateway, port }) => {
    const theirs = others
      .flatMap((object) => rulesOf(object))
      .flatMap((rule) => (rule.protocol === protocol ? rule.listeners : []))
      .flatMap((other) => (other.gateway === gateway ? [other.port ?? 0] : []))
    const [namespace = '', name = ''] = gateway.split('/')
    const unknown = { namespace, name, createdAt: '', selector: {}, servers: [] }
    return [...new Set(port === undefined ? theirs : [port])].map((number) => ({
      gateway: unknown,
      server: { ...FOR_ALL, ...ASSUMED[protocol], port: number },
    }))
  })
}

const FOR_ALL = { portName: '', bind: '', hosts: ['*'] }
const ASSUMED = {
  tcp: { protocol: 'TCP', tls: undefined },
  tls: { protocol: 'TLS', tls: { mode: 'PASSTHROUGH', redirects: false } },
  http: { protocol: 'HTTP', tls: undefined },
  grpc: { protocol: 'HTTP', tls: undefined },
} as const satisfies Record<Rule['protocol'], Pick<Server, 'protocol' | 'tls'>>
